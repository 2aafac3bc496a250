/*
 * Decides what a written person becomes, or why not: the field rules and the uniqueness of slack.md 3, in the order of
 * 10.1 (field rules before uniqueness).
 */
import type { Knobs } from '../knobs.ts'
import { fingerprintOf, idOf } from '../workspace/ids.ts'
import { profileKeys } from '../workspace/model.ts'
import type { Person, Profile, ProfileKey, Role } from '../workspace/model.ts'
import { isGuest, isOwner, rankOf } from '../workspace/rights.ts'
import type { Change, Store } from '../workspace/store.ts'
import { cleanDisplayName, refuseEmoji, refuseReservedWord } from './display-name.ts'
import { Refusal } from './refusal.ts'
import type { ScimVersion } from './refusal.ts'
import { isInstant } from './user-attributes.ts'
import { freeUserName, readUserName } from './user-name.ts'
import type { UserWrite } from './user-write.ts'

export interface UserRules {
  readonly store: Store
  readonly knobs: Knobs
  readonly seed: number
  readonly now: number
  readonly version: ScimVersion
  /** Who acts: the installer of the token. */
  readonly actor: Person
}

export interface FinishedUser {
  readonly person: Person
  /** The person and what follows from it. Empty when nothing changes. */
  readonly changes: readonly Change[]
}

const customFieldsMax = 50
/** These live in fields the administrator's list of custom fields counts (slack.md 3.2, 8). */
const builtInFields: ReadonlySet<ProfileKey> = new Set(['primaryPhone', 'mobilePhone'])
const emailForm = /^[^\s@"(),:;<>[\\\]]+@[^\s@.]+(\.[^\s@.]+)*$/

export function finishUser(write: UserWrite, before: Person | null, rules: UserRules): FinishedUser {
  const { store, knobs, now } = rules
  if (before?.isErased === true) throw new Refusal('cannot_modify_gdpr')
  const userName = readUserName(write, before, rules)
  const email = readEmail(write)
  const displayName = readDisplayName(write, before, rules)
  const names = readNames(write, before, displayName === '' ? userName : displayName)
  const title = write.title ?? before?.title ?? ''
  const profile = readProfile(write, before, rules)
  for (const text of changedTexts([names.givenName, names.familyName, title], profile, before)) {
    refuseEmoji(text)
    refuseReservedWord(text, knobs.reservedWords)
  }
  if (displayName !== before?.displayName) refuseReservedWord(displayName, knobs.reservedWords)
  if (write.hasPassword && (before !== null || store.settings.ssoMode === 'required')) {
    throw new Refusal('password_change_not_allowed')
  }
  const { role, guestExpiration, isConverted } = readGuest(write, before, store)
  const active = isConverted || readActive(write, before, knobs)
  if (before !== null && before.active && !active) refuseDeactivation(before, rules)
  const customFields = newCustomFields(profile, store)
  const freeName = freeUserName(userName, before, rules)
  refuseTakenEmail(email, before, rules)

  const photo = shownPhoto(before, now)
  const person: Person = {
    id: before?.id ?? store.freeId('person', (number) => idOf(idPrefix(store), rules.seed, number)),
    createdAt: before?.createdAt ?? now,
    role,
    active,
    inactiveShownAt: inactiveShownAt(before, active, now + knobs.consistency.deactivateMs),
    userName: freeName,
    displayName,
    ...names,
    title,
    timezone: readTimezone(write, before),
    profileUrl: write.profileUrl ?? before?.profileUrl ?? '',
    email,
    secondaryEmail: write.secondaryEmail.toLowerCase(),
    photo,
    nextPhoto: nextPhoto(write, before, photo, now + knobs.consistency.photoMs),
    profile,
    guestExpiration,
    externalId: before === null ? (write.externalId ?? '') : before.externalId,
    samlNameId: before?.samlNameId ?? null,
    isErased: false,
  }
  const changes: Change[] = customFields.map((name) => ({ kind: 'customField', name }))
  if (before === null || !isSamePerson(before, person)) changes.push({ kind: 'person', person })
  if (before !== null && before.active && !active) changes.push(...leavingChanges(before, rules))
  return { person, changes }
}

/** What else a deactivation does: memberships end (inferred, slack.md 4), and so do the person's tokens (1.2). */
export function leavingChanges(
  { id }: Person,
  { store, knobs, now }: Pick<UserRules, 'store' | 'knobs' | 'now'>,
): readonly Change[] {
  const shownAt = now + knobs.consistency.groupMs
  const groupIds = knobs.deactivateLeavesGroups ? [...store.groupIdsOf(id)] : []
  return [
    ...groupIds.map((groupId): Change => ({ kind: 'members', groupId, added: [], removed: [id], shownAt })),
    ...store
      .tokensOf(id)
      .filter(({ isRevoked }) => !isRevoked)
      .map((token): Change => ({ kind: 'token', token: { ...token, isRevoked: true } })),
  ]
}

export function refuseDeactivation({ role }: Person, { store, actor }: Pick<UserRules, 'store' | 'actor'>): void {
  if (role === 'bot') throw new Refusal('cannot_disable_bot_user_with_scim')
  if (role === 'primary_owner') {
    const isOrg = store.settings.plan === 'enterprise'
    throw new Refusal(isOrg ? 'primary_owner_check_failure' : 'cannot_disable_primary_owner')
  }
  // Only the primary owner takes ownership away from somebody (slack.md 3.6; pairing inferred).
  if (isOwner(role) && actor.role !== 'primary_owner') throw new Refusal('cannot_modify_owner')
}

export function idPrefix({ settings }: Store): string {
  return settings.plan === 'enterprise' ? 'W0' : 'U0'
}

function readEmail(write: UserWrite): string {
  const email = write.email.trim().toLowerCase()
  // Replaced, never only deleted (slack.md 3.4).
  if (email === '') throw new Refusal(write.deletesPrimaryEmail ? 'missing_primary_email' : 'email_empty')
  for (const value of [email, write.secondaryEmail]) {
    if (value !== '' && !emailForm.test(value)) throw new Refusal('bad_email_address')
  }
  return email
}

/** Two settings decide whether SCIM may change a display name (slack.md 3.3, section 7). */
function readDisplayName(write: UserWrite, before: Person | null, { knobs, store }: UserRules): string {
  const asked = write.displayName
  if (asked === undefined) return before?.displayName ?? ''
  const name = asked === '' ? '' : cleanDisplayName(asked, knobs.displayNameMode)
  if (before === null) return name
  const shown = before.displayName === '' ? before.userName : before.displayName
  if (name === before.displayName || name === shown) return before.displayName
  const { allowDisplayNameChange, profileSync } = store.settings
  if (allowDisplayNameChange) {
    // A PUT that names none asks for nothing that could differ.
    if (name === '') return before.displayName
    throw new Refusal('invalid_display_name')
  }
  if (profileSync) return name
  if (knobs.displayNameUpdateWhenNoSync === 'reject') throw new Refusal('invalid_display_name')
  return before.displayName
}

function readNames(
  { givenName, familyName }: UserWrite,
  before: Person | null,
  fallback: string,
): { givenName: string; familyName: string } {
  if (givenName === undefined && familyName === undefined && before === null) {
    return { givenName: fallback, familyName: '' }
  }
  const names = {
    givenName: givenName ?? before?.givenName ?? '',
    familyName: familyName ?? before?.familyName ?? '',
  }
  const isAsked = givenName !== undefined || familyName !== undefined
  if (isAsked && names.givenName.trim() === '' && names.familyName.trim() === '') {
    throw new Refusal('invalid_name_required')
  }
  return names
}

function readTimezone({ timezone }: UserWrite, before: Person | null): string {
  if (timezone === undefined) return before?.timezone ?? defaultTimezone
  return timezone === '' ? defaultTimezone : timezone
}

export const defaultTimezone = 'America/Los_Angeles'

/** Null stays the basic shape: a profile begins with its first value. */
function readProfile(write: UserWrite, before: Person | null, rules: UserRules): Profile | null {
  const managerId = readManager(write, before, rules)
  const isBadStart = write.profile.startDate !== null && !isInstant(write.profile.startDate)
  if (managerId === unknownManager || isBadStart) {
    // On create anything invalid drops all profile fields silently (slack.md 3.2).
    const drops = before === null && (isBadStart || rules.knobs.unknownManager === 'dropProfileOnCreate')
    if (!drops) throw new Refusal(isBadStart ? 'invalid_attribute_format' : 'improper_enterprise_schema_format')
    write.secondaryEmail = ''
    return null
  }
  const profile: Profile = { ...write.profile, managerId }
  const isSynced = write.secondaryEmail !== '' || profileKeys.some((key) => profile[key] !== null)
  if (before?.profile === undefined || before.profile === null) return isSynced ? profile : null
  const known = before.profile
  return profileKeys.every((key) => profile[key] === known[key]) ? known : profile
}

const unknownManager: unique symbol = Symbol('unknown manager')

/** A manager is named by id, primary e-mail or userName (slack.md 3.2). */
function readManager(
  write: UserWrite,
  before: Person | null,
  { store }: UserRules,
): string | null | typeof unknownManager {
  if (write.manager === undefined) return before?.profile?.managerId ?? null
  if (write.manager === '') return null
  const text = write.manager
  const manager =
    store.people.get(text) ?? store.personByEmail(text.toLowerCase()) ?? store.personByUserName(text.toLowerCase())
  return manager?.id ?? unknownManager
}

function* changedTexts(texts: readonly string[], profile: Profile | null, before: Person | null): Generator<string> {
  const known = before === null ? [] : [before.givenName, before.familyName, before.title]
  for (const text of texts) if (text !== '' && !known.includes(text)) yield text
  if (profile === null || profile === before?.profile) return
  for (const key of profileKeys) {
    const text = profile[key]
    if (text !== null && text !== before?.profile?.[key]) yield text
  }
}

/** At most fifty custom fields, those SCIM makes on first use included (slack.md 3.2). */
function newCustomFields(profile: Profile | null, { customFields, settings }: Store): readonly string[] {
  if (profile === null) return []
  const added = profileKeys.filter(
    (key) => profile[key] !== null && !builtInFields.has(key) && !customFields.has(customFieldOf(key)),
  )
  const names = [...new Set(added.map(customFieldOf))]
  if (names.length > 0 && settings.customProfileFields + customFields.size + names.length > customFieldsMax) {
    throw new Refusal('unable_to_create_team_profile_fields')
  }
  return names
}

function customFieldOf(key: ProfileKey): string {
  return key === 'streetAddress' || key === 'region' ? 'address' : key
}

interface GuestState {
  readonly role: Role
  readonly guestExpiration: string | null
  /** Becoming a guest or a member again also reactivates (slack.md 3.6). */
  readonly isConverted: boolean
}

function readGuest({ guest }: UserWrite, before: Person | null, { settings }: Store): GuestState {
  const role = before?.role ?? 'member'
  const unchanged = { role, guestExpiration: before?.guestExpiration ?? null, isConverted: false }
  if (guest === undefined) return unchanged
  if (settings.plan !== 'enterprise') throw new Refusal('invalid_request_payload')
  if (guest === 'endDateDropped') return { ...unchanged, guestExpiration: null }
  if (guest === 'dropped') {
    if (!isGuest(role)) return unchanged
    return { role: 'member', guestExpiration: null, isConverted: true }
  }
  if (rankOf(role, settings.plan) > rankOf('member', settings.plan) || role === 'bot') {
    throw new Refusal('cannot_make_user_guest')
  }
  const guestExpiration = guest.expiration === undefined ? unchanged.guestExpiration : guest.expiration
  if (role === 'multi_channel_guest') return { ...unchanged, guestExpiration }
  return { role: 'multi_channel_guest', guestExpiration, isConverted: before !== null }
}

function readActive(write: UserWrite, before: Person | null, knobs: Knobs): boolean {
  if (write.active !== undefined) return write.active
  if (before === null) return true
  return write.verb === 'put' && knobs.putMissingActive === 'deactivate' ? false : before.active
}

function inactiveShownAt(before: Person | null, active: boolean, shownAt: number): number {
  if (before === null || active) return 0
  return before.active ? shownAt : before.inactiveShownAt
}

function refuseTakenEmail(email: string, before: Person | null, { store, version }: UserRules): void {
  const holder = store.personByEmail(email)
  if (holder === undefined || holder.id === before?.id) return
  // v2 adds the holder (slack.md 3.4).
  throw version === 'v2' ? new Refusal('email_taken', `existing_user=${holder.id}`) : new Refusal('email_taken')
}

/** A picture comes back as an address at Slack, never as it was sent (slack.md 3.2). */
export function shownPhoto(before: Person | null, now: number): string {
  if (before === null) return ''
  return before.nextPhoto !== null && before.nextPhoto.shownAt <= now ? before.nextPhoto.value : before.photo
}

function nextPhoto(write: UserWrite, before: Person | null, shown: string, shownAt: number): Person['nextPhoto'] {
  const waiting = before?.nextPhoto ?? null
  const stillWaiting = waiting !== null && waiting.value !== shown ? waiting : null
  if (write.photo === undefined) return stillWaiting
  const value = write.photo === '' ? '' : hostedPhoto(write.photo)
  return value === shown ? null : { value, shownAt }
}

function hostedPhoto(source: string): string {
  return `https://avatars.slack-edge.com/${fingerprintOf(source)}_original.png`
}

function isSamePerson(before: Person, after: Person): boolean {
  return (Object.keys(after) as (keyof Person)[]).every((key) => {
    if (key !== 'nextPhoto') return before[key] === after[key]
    return before.nextPhoto?.value === after.nextPhoto?.value
  })
}
