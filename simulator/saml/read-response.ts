/*
 * Reads a SAML response: what it says about itself before anything is believed, and what a verified assertion says
 * (slack.md 9.1, 9.3). Document types are refused, so that no entity is ever resolved.
 */
import { DOMParser } from '@xmldom/xmldom'
import { SamlFailure } from './saml-failure.ts'

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol'
const assertionNamespace = 'urn:oasis:names:tc:SAML:2.0:assertion'
const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#'

export interface UnverifiedResponse {
  readonly version: string
  readonly destination: string | null
  readonly issuers: readonly string[]
  readonly isEncrypted: boolean
  readonly isResponseSigned: boolean
  readonly isAssertionSigned: boolean
}

export interface Assertion {
  readonly id: string
  readonly version: string
  readonly issuer: string
  readonly nameId: string
  readonly nameIdFormat: string
  readonly audiences: readonly string[]
  readonly recipients: readonly string[]
  /** The tightest of all bounds the assertion names. */
  readonly notBefore: number
  readonly notOnOrAfter: number
  readonly attributes: ReadonlyMap<string, string>
}

export function readUnverified(xml: string): UnverifiedResponse {
  const response = parse(xml)
  if (response.localName !== 'Response' || response.namespaceURI !== protocol) throw new SamlFailure('saml_unreadable')
  const assertions = children(response, 'Assertion', assertionNamespace)
  const issuers = [response, ...assertions].flatMap((element) => children(element, 'Issuer', assertionNamespace))
  const isSigned = (element: Element): boolean => children(element, 'Signature', signatureNamespace).length > 0
  return {
    version: response.getAttribute('Version') ?? '',
    destination: response.getAttribute('Destination'),
    issuers: issuers.map(textOf),
    isEncrypted: children(response, 'EncryptedAssertion', assertionNamespace).length > 0,
    isResponseSigned: isSigned(response),
    isAssertionSigned: assertions.some(isSigned),
  }
}

/** Hand over only what a signature covers. */
export function readAssertion(xml: string): Assertion {
  const assertion = parse(xml)
  if (assertion.localName !== 'Assertion') throw new SamlFailure('saml_unreadable')
  const [subject] = children(assertion, 'Subject', assertionNamespace)
  const [nameId] = subject === undefined ? [] : children(subject, 'NameID', assertionNamespace)
  const conditions = children(assertion, 'Conditions', assertionNamespace)
  const confirmations = [...descendants(assertion, 'SubjectConfirmationData')]
  const bounded = [...conditions, ...confirmations]
  return {
    id: assertion.getAttribute('ID') ?? '',
    version: assertion.getAttribute('Version') ?? '',
    issuer: children(assertion, 'Issuer', assertionNamespace).map(textOf)[0] ?? '',
    nameId: nameId === undefined ? '' : textOf(nameId),
    nameIdFormat: nameId?.getAttribute('Format') ?? '',
    audiences: [...descendants(assertion, 'Audience')].map(textOf),
    recipients: confirmations.flatMap((element) => element.getAttribute('Recipient') || []),
    notBefore: Math.max(...instantsOf(bounded, 'NotBefore'), Number.NEGATIVE_INFINITY),
    notOnOrAfter: Math.min(...instantsOf(bounded, 'NotOnOrAfter'), Number.POSITIVE_INFINITY),
    attributes: attributesOf(assertion),
  }
}

function attributesOf(assertion: Element): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  for (const attribute of descendants(assertion, 'Attribute')) {
    const [value] = children(attribute, 'AttributeValue', assertionNamespace)
    const name = attribute.getAttribute('Name')
    if (name !== null && value !== undefined) attributes.set(name, textOf(value))
  }
  return attributes
}

function instantsOf(elements: readonly Element[], name: string): readonly number[] {
  return elements.flatMap((element) => {
    const instant = Date.parse(element.getAttribute(name) ?? '')
    return Number.isNaN(instant) ? [] : instant
  })
}

function parse(xml: string): Element {
  if (/<!DOCTYPE/i.test(xml)) throw new SamlFailure('saml_unreadable')
  const refuse = (): never => {
    throw new SamlFailure('saml_unreadable')
  }
  const parser = new DOMParser({ errorHandler: { warning: () => undefined, error: refuse, fatalError: refuse } })
  // For a text without any element the parser gives nothing, whatever its type says.
  const document = parser.parseFromString(xml, 'text/xml') as Document | undefined
  const root = document?.documentElement as Element | null | undefined
  if (root === null || root === undefined) throw new SamlFailure('saml_unreadable')
  return root
}

function children(element: Element, localName: string, namespace: string): readonly Element[] {
  const found: Element[] = []
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    const child = node as Element
    if (child.localName === localName && child.namespaceURI === namespace) found.push(child)
  }
  return found
}

function* descendants(element: Element, localName: string): Generator<Element> {
  const list = element.getElementsByTagNameNS(assertionNamespace, localName)
  for (let index = 0; index < list.length; index++) {
    const found = list.item(index)
    if (found !== null) yield found
  }
}

function textOf(element: Element): string {
  return (element.textContent ?? '').trim()
}
