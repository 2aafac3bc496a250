/*
 * The Slack template and a scoping filter as somebody would write them in TypeScript who knows both by heart: what the
 * bench of the template holds the engine against. Plain code, without a table and without a plan to be changed.
 */
import type { MappedAttribute } from '../../src/provisioning/index.ts'
import type { ScopingFilter, SourceObject, SourceValue } from '../../src/vocabulary/index.ts'

/** Whether somebody is in scope, and every mapping's answer in the order of the template. */
export interface EvaluatedPerson {
  readonly inScope: boolean
  readonly attributes: readonly MappedAttribute[]
}

/** What the engine is given; `passesFilter` is the same in code. */
export const benchFilter: ScopingFilter = {
  groups: [
    {
      name: 'staff',
      clauses: [
        { sourceOperandName: 'employeeId', operatorName: 'IS NOT NULL', targetOperand: null },
        { sourceOperandName: 'department', operatorName: 'NOT EQUALS', targetOperand: { values: ['Legal'] } },
      ],
    },
    {
      name: 'partners',
      clauses: [
        {
          sourceOperandName: 'mail',
          operatorName: 'REGEX MATCH',
          targetOperand: { values: ['@(northlight|kontor-ost)[.]example$'] },
        },
      ],
    },
  ],
}

type Attributes = SourceObject['attributes']

const textOf = (value: SourceValue | undefined): string => {
  if (typeof value === 'string') return value
  if (!isThere(value)) return ''
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'object' ? value.join(',') : String(value)
}

function isThere(value: SourceValue | undefined): value is NonNullable<SourceValue> {
  return value !== undefined && value !== null
}

function passesFilter(attributes: Attributes): boolean {
  const department = textOf(attributes['department'])
  if (textOf(attributes['employeeId']) !== '' && department !== '' && department !== 'Legal') return true
  return /@(?:northlight|kontor-ost)[.]example$/.test(textOf(attributes['mail']))
}

const plainLetters: Readonly<Record<string, string>> = {
  æ: 'ae',
  Æ: 'AE',
  ø: 'oe',
  Ø: 'OE',
  œ: 'oe',
  Œ: 'OE',
  ß: 'ss',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
}

function withoutDiacritics(text: string): string {
  return text
    .replace(/[æÆøØœŒßłŁı]/g, (letter) => plainLetters[letter] ?? letter)
    .normalize('NFD')
    .replace(/(?<=\p{Script=Latin}[\u0300-\u036f]*)[\u0300-\u036f]/gu, '')
    .normalize('NFC')
}

function cleaned(text: string): string {
  return withoutDiacritics(text).replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9._-]/g, '')
}

function userNameOf(attributes: Attributes): string {
  const name =
    cleaned(textOf(attributes['mailNickname'])) ||
    cleaned((textOf(attributes['userPrincipalName']).split('@')[0] ?? '').trim())
  return name.slice(0, 20).toLowerCase()
}

function answer(name: string, value: SourceValue | undefined): MappedAttribute {
  return isThere(value) ? { name, kind: 'value', value: textOf(value) } : { name, kind: 'absent' }
}

export function evaluateByHand({ anchor, attributes }: SourceObject): EvaluatedPerson {
  const inScope = attributes['accountEnabled'] !== false && passesFilter(attributes)
  const { displayName, mail, preferredLanguage, manager } = attributes
  const language = isThere(preferredLanguage) ? textOf(preferredLanguage).replaceAll('-', '_') : null
  const managers = isThere(manager) ? [textOf(manager)] : []
  return {
    inScope,
    attributes: [
      { name: 'active', kind: 'value', value: inScope },
      { name: 'externalId', kind: 'value', value: anchor },
      answer('displayName', isThere(displayName) ? textOf(displayName).replaceAll('@', '') : null),
      answer('name.familyName', attributes['surname']),
      answer('name.givenName', attributes['givenName']),
      answer('title', attributes['jobTitle']),
      answer('emails[type eq "work"].value', textOf(mail) === '' ? attributes['userPrincipalName'] : mail),
      { name: 'userName', kind: 'value', value: userNameOf(attributes) },
      answer('addresses[type eq "untyped"].streetAddress', attributes['streetAddress']),
      answer('addresses[type eq "untyped"].locality', attributes['city']),
      answer('addresses[type eq "untyped"].region', attributes['state']),
      answer('addresses[type eq "untyped"].postalCode', attributes['postalCode']),
      answer('addresses[type eq "untyped"].country', attributes['country']),
      answer('phoneNumbers[type eq "mobile"].value', attributes['mobile']),
      answer('phoneNumbers[type eq "work"].value', attributes['telephoneNumber']),
      answer('locale', language),
      answer('preferredLanguage', language),
      answer('urn:scim:schemas:extension:enterprise:1.0.department', attributes['department']),
      {
        name: 'urn:scim:schemas:extension:enterprise:1.0.manager',
        kind: 'reference',
        reference: {
          attribute: 'urn:scim:schemas:extension:enterprise:1.0.manager',
          multivalued: false,
          anchors: managers,
        },
      },
      answer('urn:scim:schemas:extension:enterprise:1.0.employeeNumber', attributes['employeeId']),
      answer('urn:scim:schemas:extension:enterprise:1.0.costCenter', attributes['employeeOrgData.costCenter']),
      answer('urn:scim:schemas:extension:enterprise:1.0.organization', attributes['companyName']),
      answer('urn:scim:schemas:extension:enterprise:1.0.division', attributes['employeeOrgData.division']),
    ],
  }
}
