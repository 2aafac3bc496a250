/*
 * Makes people one by one: a name of some language, an address that nobody else has, a place, a telephone.
 */
import type { SourceAttributes } from '../../src/vocabulary/index.ts'
import { latinAddress } from './latin-address.ts'
import { nameLists, type NameList } from './names.ts'
import type { Random } from './random.ts'
import { companyDomain, companyName, partnerDomains, streets } from './work.ts'

export interface PersonName {
  readonly language: NameList
  readonly given: string
  /** `null` for people with one name. */
  readonly surname: string | null
  readonly displayName: string
  /** The part of the address before the domain, before it is made unique. */
  readonly address: string
}

export interface PeopleMaker {
  /** An employee without department, title and manager. */
  makeEmployee(index: number): SourceAttributes
  makeGuest(): SourceAttributes
}

/** `takenAddresses` are mail addresses in use; it grows with the people made. */
export function createPeopleMaker(random: Random, takenAddresses: Set<string>): PeopleMaker {
  const weighted = nameLists.flatMap((list) => Array.from({ length: list.weight }, () => list))
  let previous: PersonName | undefined

  /** Now and then somebody has the name of the person before: directories have namesakes. */
  function makeName(): PersonName {
    const name = previous !== undefined && random.chance(0.02) ? previous : nameOf(random, random.pick(weighted))
    previous = name
    return name
  }

  /** Addresses differ even where an apostrophe does not count, as in a mail nickname. */
  function uniqueAddress(name: string, domain: string): string {
    for (let number = 1; ; number += 1) {
      const address = `${name}${number === 1 ? '' : number}`
      const key = `${address.replaceAll("'", '')}@${domain}`
      if (takenAddresses.has(key)) continue
      takenAddresses.add(key)
      return address
    }
  }

  return {
    makeEmployee(index) {
      const name = makeName()
      const address = uniqueAddress(name.address, companyDomain)
      const mailNickname = address.replaceAll("'", '')
      const mobile = random.chance(0.7) ? `+1 555 01${digits(random, 2)} ${digits(random, 4)}` : null
      return {
        objectId: random.guid(),
        userPrincipalName: `${address}@${companyDomain}`,
        displayName: name.displayName,
        givenName: name.given,
        surname: name.surname,
        mail: `${address}@${companyDomain}`,
        mailNickname,
        companyName,
        employeeId: String(100000 + index),
        accountEnabled: !random.chance(0.03),
        userType: 'Member',
        usageLocation: name.language.usageLocation,
        country: name.language.country,
        city: random.pick(name.language.cities),
        state: null,
        postalCode: random.chance(0.9) ? `0${digits(random, 4)}` : null,
        streetAddress: random.chance(0.8) ? random.pick(streets) : null,
        physicalDeliveryOfficeName: random.chance(0.6) ? `${1 + random.below(40)}/${digits(random, 3)}` : null,
        telephoneNumber: `+1 555 02${digits(random, 2)} ${digits(random, 4)}`,
        mobile,
        preferredLanguage: name.language.language,
        createdDateTime: createdAt(random),
      }
    },
    makeGuest() {
      const name = makeName()
      const domain = random.pick(partnerDomains)
      const address = uniqueAddress(name.address, domain)
      return {
        objectId: random.guid(),
        userPrincipalName: `${address}_${domain}#EXT#@${companyDomain}`,
        displayName: name.displayName,
        givenName: random.chance(0.5) ? name.given : null,
        surname: random.chance(0.5) ? name.surname : null,
        mail: `${address}@${domain}`,
        mailNickname: `${address}_${domain}`.replaceAll("'", ''),
        accountEnabled: true,
        userType: 'Guest',
        externalUserState: random.chance(0.8) ? 'Accepted' : 'PendingAcceptance',
        createdDateTime: createdAt(random),
      }
    },
  }
}

function nameOf(random: Random, language: NameList): PersonName {
  const [given, latinGiven] = spellings(random.pick(language.given))
  const [surname, latinSurname] = spellings(surnameOf(random, language))
  if (random.chance(0.01)) return nameOfParts(language, [given, latinGiven], null)
  // A long name: two given names and both parents' surnames.
  if (random.chance(0.01)) {
    const [second, latinSecond] = spellings(random.pick(language.given))
    const [other, latinOther] = spellings(random.pick(language.surnames))
    return nameOfParts(
      language,
      [`${given} ${second}`, `${latinGiven} ${latinSecond}`],
      [`${surname} ${other}`, `${latinSurname} ${latinOther}`],
    )
  }
  return nameOfParts(language, [given, latinGiven], [surname, latinSurname])
}

/** Some people carry two surnames, joined by a hyphen. */
function surnameOf(random: Random, language: NameList): string {
  const surname = random.pick(language.surnames)
  if (!random.chance(0.05)) return surname
  const [first, latinFirst] = spellings(surname)
  const [second, latinSecond] = spellings(random.pick(language.surnames))
  return `${first}-${second}|${latinFirst}-${latinSecond}`
}

function nameOfParts(
  language: NameList,
  [given, latinGiven]: readonly [string, string],
  surnames: readonly [string, string] | null,
): PersonName {
  const first = latinAddress(latinGiven, language.language)
  if (surnames === null) return { language, given, surname: null, displayName: given, address: first }
  const [surname, latinSurname] = surnames
  const address = `${first}.${latinAddress(latinSurname, language.language)}`.slice(0, 60).replace(/[.'-]+$/u, '')
  return { language, given, surname, displayName: displayNameOf(language, given, surname), address }
}

export function displayNameOf({ order }: Pick<NameList, 'order'>, given: string, surname: string): string {
  switch (order) {
    case 'givenFirst':
      return `${given} ${surname}`
    case 'surnameFirst':
      return `${surname} ${given}`
    case 'surnameFirstJoined':
      return `${surname}${given}`
    default:
      return order satisfies never
  }
}

function spellings(name: string): readonly [string, string] {
  const [native = '', latin = native] = name.split('|')
  return [native, latin]
}

function digits(random: Random, count: number): string {
  return String(random.below(10 ** count)).padStart(count, '0')
}

/** Some second of the years 2012 to 2025. */
function createdAt(random: Random): string {
  const first = Date.UTC(2012, 0, 1) / 1000
  const last = Date.UTC(2026, 0, 1) / 1000
  return `${new Date((first + random.below(last - first)) * 1000).toISOString().slice(0, 19)}Z`
}
