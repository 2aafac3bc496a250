/*
 * What a request wants to write to a person, in one form for both versions and all verbs: the attributes it names,
 * and the slots of the multi-valued ones filled with what is there already (slack.md 3.2, 3.4, 3.5).
 */
import { emptyProfile } from '../workspace/model.ts'
import type { Person, Profile, ProfileKey } from '../workspace/model.ts'
import { Refusal } from './refusal.ts'
import type { RefusalName } from './refusal.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Undefined is "the request says nothing", '' is "empty it". */
export interface UserWrite {
  verb: 'create' | 'patch' | 'put'
  userName: string | undefined
  nickName: string | undefined
  displayName: string | undefined
  givenName: string | undefined
  familyName: string | undefined
  title: string | undefined
  timezone: string | undefined
  profileUrl: string | undefined
  externalId: string | undefined
  active: boolean | undefined
  photo: string | undefined
  hasPassword: boolean
  manager: string | undefined
  guest: { readonly expiration: string | null | undefined } | 'dropped' | 'endDateDropped' | undefined
  email: string
  deletesPrimaryEmail: boolean
  secondaryEmail: string
  readonly profile: Writable<Profile>
}

export function startUserWrite(verb: UserWrite['verb'], before: Person | null): UserWrite {
  const isPut = verb === 'put'
  return {
    verb,
    userName: undefined,
    nickName: undefined,
    displayName: isPut ? '' : undefined,
    givenName: undefined,
    familyName: undefined,
    title: isPut ? '' : undefined,
    timezone: undefined,
    profileUrl: undefined,
    externalId: undefined,
    active: undefined,
    photo: isPut ? '' : undefined,
    hasPassword: false,
    manager: isPut ? '' : undefined,
    guest: undefined,
    email: isPut ? '' : (before?.email ?? ''),
    deletesPrimaryEmail: false,
    secondaryEmail: isPut ? '' : (before?.secondaryEmail ?? ''),
    profile: { ...(isPut ? emptyProfile : (before?.profile ?? emptyProfile)) },
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text, where a single blank and null both mean "empty it" (slack.md 2.6). */
export function readText(value: unknown): string {
  if (value === null || value === undefined || value === ' ') return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new Refusal('invalid_attribute_format')
}

/** Slack's schema calls it a string: both spellings are taken, in any case (slack.md 3.2). */
export function readBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  throw new Refusal('invalid_attribute_format')
}

/** One entry of a multi-valued attribute, as sent. */
export interface Entry {
  readonly value: string
  readonly type: string
  readonly isPrimary: boolean | undefined
  readonly isDelete: boolean
  readonly fields: JsonObject
}

export function readEntries(value: unknown, refusal: RefusalName): readonly Entry[] {
  if (value === null || value === undefined || value === ' ') return []
  if (!Array.isArray(value)) throw new Refusal(refusal)
  return value.map((entry: unknown) => readEntry(entry, refusal))
}

export function readEntry(entry: unknown, refusal: RefusalName): Entry {
  if (typeof entry === 'string') {
    return { value: readText(entry), type: '', isPrimary: undefined, isDelete: false, fields: { value: entry } }
  }
  if (!isObject(entry)) throw new Refusal(refusal)
  const { value, type, primary, operation } = entry
  if (isObject(value) || Array.isArray(value)) throw new Refusal(refusal)
  return {
    value: readText(value),
    type: typeof type === 'string' ? type.toLowerCase() : '',
    isPrimary: primary === undefined || primary === null ? undefined : readBoolean(primary),
    isDelete: typeof operation === 'string' && operation.toLowerCase() === 'delete',
    fields: entry,
  }
}

/** merge keeps the slots the request does not name; replace empties them first. */
export type How = 'merge' | 'replace'

/** Primary is what says so, else what is called work, else the first; the next one is secondary (slack.md 3.4). */
export function writeEmails(write: UserWrite, entries: readonly Entry[], how: How): void {
  for (const entry of entries) if (entry.isDelete) deleteEmail(write, entry.value)
  const kept = entries.filter(({ isDelete, value }) => !isDelete && value !== '')
  const isAboutSecondary =
    how === 'merge' &&
    write.email !== '' &&
    kept.length === 1 &&
    kept[0]?.isPrimary === false &&
    kept[0].type !== 'work'
  if (how === 'replace') {
    if (kept.length === 0) deleteEmail(write, write.email)
    write.secondaryEmail = ''
  }
  if (isAboutSecondary) {
    setSecondaryEmail(write, kept[0]?.value ?? '')
    return
  }
  const primary =
    kept.find(({ isPrimary }) => isPrimary === true) ?? kept.find(({ type }) => type === 'work') ?? kept[0]
  if (primary === undefined) return
  setPrimaryEmail(write, primary.value)
  const secondary = kept.find(({ value }) => !isSameEmail(value, primary.value))
  if (secondary !== undefined) write.secondaryEmail = secondary.value
}

/** Two are kept, so no address has both places: a secondary one that becomes primary changes places (slack.md 3.4). */
export function setPrimaryEmail(write: UserWrite, value: string): void {
  if (value !== '' && isSameEmail(value, write.secondaryEmail)) write.secondaryEmail = write.email
  write.email = value
}

export function setSecondaryEmail(write: UserWrite, value: string): void {
  if (value === '' || !isSameEmail(value, write.email)) write.secondaryEmail = value
}

/** A primary that is deleted can be replaced by the rest of the request; whether it was is seen when all is read. */
export function deleteEmail(write: UserWrite, value: string): void {
  if (value === '') return
  if (isSameEmail(value, write.email)) {
    write.email = ''
    write.deletesPrimaryEmail = true
  } else if (isSameEmail(value, write.secondaryEmail)) {
    write.secondaryEmail = ''
  }
}

/** The value compares without case (slack.md 3.4). */
function isSameEmail(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Where a phone number of a request is stored (slack.md 3.5): not where its name says. */
export function phoneSlot(entry: Entry, hasOtherPrimary: boolean): 'primaryPhone' | 'mobilePhone' {
  if (entry.type === 'work') return 'mobilePhone'
  if (entry.type === 'mobile') return 'primaryPhone'
  return entry.isPrimary === false && hasOtherPrimary ? 'mobilePhone' : 'primaryPhone'
}

/**
 * Two are kept (slack.md 3.2). Of several numbers for the primary slot the one that says `primary:true` has it, else the
 * first; the next one is then "`primary:false` beside a primary" (3.5), since `primary` not said is false, and goes to
 * the other slot unless a number belongs there.
 */
export function writePhones({ profile }: UserWrite, entries: readonly Entry[], how: How): void {
  if (how === 'replace') {
    profile.primaryPhone = null
    profile.mobilePhone = null
  }
  const slotOf = (entry: Entry): 'primaryPhone' | 'mobilePhone' =>
    phoneSlot(
      entry,
      entries.some((other) => other !== entry && isPrimaryPhone(other)),
    )
  for (const entry of entries) {
    if (entry.value === '') {
      profile[slotOf(entry)] = null
    } else if (entry.isDelete) {
      if (profile.primaryPhone === entry.value) profile.primaryPhone = null
      if (profile.mobilePhone === entry.value) profile.mobilePhone = null
    }
  }
  const numbers = entries.filter(({ isDelete, value }) => !isDelete && value !== '')
  const forPrimary = numbers.filter((entry) => slotOf(entry) === 'primaryPhone')
  const primary = forPrimary.find(({ isPrimary }) => isPrimary === true) ?? forPrimary[0]
  const mobile =
    numbers.find((entry) => slotOf(entry) === 'mobilePhone') ?? forPrimary.find(({ value }) => value !== primary?.value)
  if (primary !== undefined) profile.primaryPhone = primary.value
  if (mobile !== undefined) profile.mobilePhone = mobile.value
}

function isPrimaryPhone(entry: Entry): boolean {
  return !entry.isDelete && (entry.isPrimary === true || entry.type === 'mobile')
}

export const addressKeys = ['streetAddress', 'locality', 'region', 'postalCode', 'country'] as const

export function isAddressKey(key: string): key is (typeof addressKeys)[number] {
  return (addressKeys as readonly string[]).includes(key)
}

/** One address is kept, without its type; the type only chooses when nothing is primary (slack.md 3.2). */
export function writeAddresses({ profile }: UserWrite, entries: readonly Entry[], how: How): void {
  if (how === 'replace') for (const key of addressKeys) profile[key] = null
  for (const { isDelete, fields } of entries) {
    // All five values have to be equal, or nothing is deleted.
    if (isDelete && addressKeys.every((key) => readText(fields[key]) === (profile[key] ?? ''))) {
      for (const key of addressKeys) profile[key] = null
    }
  }
  const kept = entries.filter(({ isDelete }) => !isDelete)
  const chosen = kept.find(({ isPrimary }) => isPrimary === true) ?? kept.find(({ type }) => type === 'work') ?? kept[0]
  if (chosen === undefined) return
  for (const key of addressKeys) profile[key] = readText(chosen.fields[key]) || null
}

export function writeRoles({ profile }: UserWrite, entries: readonly Entry[], how: How): void {
  if (how === 'replace') profile.roleText = null
  for (const { isDelete, value } of entries) if (isDelete && value === profile.roleText) profile.roleText = null
  const kept = entries.filter(({ isDelete }) => !isDelete)
  const chosen = kept.find(({ isPrimary }) => isPrimary === true) ?? kept[0]
  if (chosen !== undefined) profile.roleText = chosen.value || null
}

export function writePhotos(write: UserWrite, entries: readonly Entry[]): void {
  const kept = entries.filter(({ isDelete }) => !isDelete)
  const chosen = kept.find(({ isPrimary }) => isPrimary === true) ?? kept[0]
  if (chosen === undefined) {
    if (entries.length > 0) write.photo = ''
    return
  }
  if (chosen.value !== '' && !/^(https?:\/\/|data:)/i.test(chosen.value)) throw new Refusal('photos_invalid')
  write.photo = chosen.value
}

export function writeProfileText({ profile }: UserWrite, key: ProfileKey, value: unknown): void {
  profile[key] = readText(value) || null
}
