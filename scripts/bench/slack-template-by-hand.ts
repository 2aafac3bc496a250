/*
 * The Slack template and a scoping filter as somebody would write them in TypeScript who knows both by heart: what the
 * bench of the template holds the engine against. Plain code, without a table and without a plan to be changed.
 */
import type { WantedReference } from '../../src/provisioning/references.ts'
import type {
  ScopingFilter,
  SourceObject,
  SourceValue,
  TargetAttributes,
  TargetValue,
} from '../../src/vocabulary/index.ts'

export interface EvaluatedPerson {
  readonly inScope: boolean
  readonly values: TargetAttributes
  readonly references: readonly WantedReference[]
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

function userNameOf(attributes: Attributes): string {
  const nickname = textOf(attributes['mailNickname'])
  const name = nickname === '' ? (textOf(attributes['userPrincipalName']).split('@')[0] ?? '').trim() : nickname
  return withoutDiacritics(name)
    .replace(/[^A-Za-z0-9._-]/g, '')
    .slice(0, 20)
    .toLowerCase()
}

export function evaluateByHand(person: SourceObject): EvaluatedPerson {
  const { attributes } = person
  const inScope = attributes['accountEnabled'] !== false && passesFilter(attributes)
  const values: Record<string, TargetValue> = { active: inScope, externalId: person.anchor }
  const { displayName, surname, givenName, jobTitle, mail, streetAddress, city, state, postalCode } = attributes
  const { country, mobile, telephoneNumber, preferredLanguage, department, employeeId, companyName } = attributes
  const { 'employeeOrgData.costCenter': costCenter, 'employeeOrgData.division': division, manager } = attributes
  const address = textOf(mail) === '' ? attributes['userPrincipalName'] : mail
  if (isThere(displayName)) values['displayName'] = textOf(displayName).replaceAll('@', '')
  if (isThere(surname)) values['name.familyName'] = textOf(surname)
  if (isThere(givenName)) values['name.givenName'] = textOf(givenName)
  if (isThere(jobTitle)) values['title'] = textOf(jobTitle)
  if (isThere(address)) values['emails[type eq "work"].value'] = textOf(address)
  values['userName'] = userNameOf(attributes)
  if (isThere(streetAddress)) values['addresses[type eq "untyped"].streetAddress'] = textOf(streetAddress)
  if (isThere(city)) values['addresses[type eq "untyped"].locality'] = textOf(city)
  if (isThere(state)) values['addresses[type eq "untyped"].region'] = textOf(state)
  if (isThere(postalCode)) values['addresses[type eq "untyped"].postalCode'] = textOf(postalCode)
  if (isThere(country)) values['addresses[type eq "untyped"].country'] = textOf(country)
  if (isThere(mobile)) values['phoneNumbers[type eq "mobile"].value'] = textOf(mobile)
  if (isThere(telephoneNumber)) values['phoneNumbers[type eq "work"].value'] = textOf(telephoneNumber)
  if (isThere(preferredLanguage)) {
    const language = textOf(preferredLanguage).replaceAll('-', '_')
    values['locale'] = language
    values['preferredLanguage'] = language
  }
  if (isThere(department)) values['urn:scim:schemas:extension:enterprise:1.0.department'] = textOf(department)
  if (isThere(employeeId)) values['urn:scim:schemas:extension:enterprise:1.0.employeeNumber'] = textOf(employeeId)
  if (isThere(costCenter)) values['urn:scim:schemas:extension:enterprise:1.0.costCenter'] = textOf(costCenter)
  if (isThere(companyName)) values['urn:scim:schemas:extension:enterprise:1.0.organization'] = textOf(companyName)
  if (isThere(division)) values['urn:scim:schemas:extension:enterprise:1.0.division'] = textOf(division)
  const anchors = isThere(manager) ? [textOf(manager)] : []
  return {
    inScope,
    values,
    references: [{ attribute: 'urn:scim:schemas:extension:enterprise:1.0.manager', multivalued: false, anchors }],
  }
}
