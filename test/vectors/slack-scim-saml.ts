/*
 * The identity provider of the Slack checks: builds, signs and encodes the SAML response a `$saml` body describes.
 */
import { generateKeyPairSync } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { z } from 'zod'
import type { SamlSettings } from '../../simulator/index.ts'

const text = z.string()

/** What is left out is right. */
export const samlResponse = z.strictObject({
  nameId: text.nullable(),
  nameIdFormat: text.exactOptional(),
  attributes: z.record(text, text),
  sign: z.enum(['response', 'assertion', 'both', 'none']),
  issuer: text.exactOptional(),
  audience: text.exactOptional(),
  destination: text.exactOptional(),
  recipient: text.exactOptional(),
  version: text.exactOptional(),
  id: text.exactOptional(),
  /** Seconds from now. */
  notBefore: z.number().exactOptional(),
  notOnOrAfter: z.number().exactOptional(),
  relayState: text.exactOptional(),
  key: z.enum(['trusted', 'other']).exactOptional(),
})
export type SamlResponse = z.infer<typeof samlResponse>

export interface IdentityProvider {
  /** PEM, as an administrator would paste it. */
  readonly certificate: string
  respond(response: SamlResponse, settings: SamlSettings, acs: string, now: number): string
}

const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const lifeSeconds = 300

export function createIdentityProvider(): IdentityProvider {
  const trusted = newKey()
  let count = 0
  return {
    certificate: trusted.publicKey,
    respond(response, settings, acs, now) {
      count++
      const { sign, key = 'trusted' } = response
      const privateKey = key === 'trusted' ? trusted.privateKey : newKey().privateKey
      let xml = responseXml(response, settings, acs, now, count)
      if (sign === 'assertion' || sign === 'both') xml = signed(xml, 'Assertion', privateKey)
      if (sign === 'response' || sign === 'both') xml = signed(xml, 'Response', privateKey)
      return Buffer.from(xml).toString('base64')
    },
  }
}

function newKey(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

function responseXml(response: SamlResponse, settings: SamlSettings, acs: string, now: number, number: number): string {
  const { nameId, nameIdFormat = persistent, version = '2.0', destination = acs, recipient = acs } = response
  const issuer = `<saml:Issuer>${escapeXml(response.issuer ?? settings.idpIssuer)}</saml:Issuer>`
  const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString()
  const start = at(response.notBefore ?? 0)
  const end = at(response.notOnOrAfter ?? lifeSeconds)
  const subjectId =
    nameId === null ? '' : `<saml:NameID Format="${escapeXml(nameIdFormat)}">${escapeXml(nameId)}</saml:NameID>`
  const attributes = Object.entries(response.attributes).map(
    ([name, value]) =>
      `<saml:Attribute Name="${escapeXml(name)}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified">` +
      `<saml:AttributeValue>${escapeXml(value)}</saml:AttributeValue></saml:Attribute>`,
  )
  return [
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"`,
    ` ID="_response${number}" Version="${escapeXml(version)}" IssueInstant="${at(0)}" Destination="${escapeXml(destination)}">`,
    issuer,
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`,
    `<saml:Assertion ID="${escapeXml(response.id ?? `_assertion${number}`)}" Version="${escapeXml(version)}" IssueInstant="${at(0)}">`,
    issuer,
    `<saml:Subject>${subjectId}<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">`,
    `<saml:SubjectConfirmationData Recipient="${escapeXml(recipient)}" NotOnOrAfter="${end}"/>`,
    `</saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${start}" NotOnOrAfter="${end}"><saml:AudienceRestriction>`,
    `<saml:Audience>${escapeXml(response.audience ?? settings.spIssuer)}</saml:Audience>`,
    `</saml:AudienceRestriction></saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${at(0)}" SessionIndex="_session${number}"><saml:AuthnContext>`,
    `<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>`,
    `</saml:AuthnContext></saml:AuthnStatement>`,
    attributes.length === 0 ? '' : `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>`,
    `</saml:Assertion></samlp:Response>`,
  ].join('')
}

function signed(xml: string, element: 'Response' | 'Assertion', privateKey: string): string {
  const signer = new SignedXml({
    privateKey,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  const xpath = `//*[local-name(.)='${element}']`
  signer.addReference({
    xpath,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  })
  signer.computeSignature(xml, { location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' } })
  return signer.getSignedXml()
}

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
