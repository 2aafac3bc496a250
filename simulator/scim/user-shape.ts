/*
 * A person as Slack answers: the basic shape, or the extended one, complete and null-filled (slack.md 3.1).
 */
import { fingerprintOf } from '../workspace/ids.ts'
import type { Person } from '../workspace/model.ts'
import { isGuest } from '../workspace/rights.ts'
import type { Change, Store } from '../workspace/store.ts'
import type { Dialect } from './dialect.ts'
import { addressKeys } from './user-write.ts'

export interface ShapeContext {
  readonly store: Store
  readonly dialect: Dialect
  readonly now: number
  readonly echoesExternalId: boolean
}

/** `written` is what a write is about to change: its answer shows that at once, later reads only when it has spread. */
export function userShape(person: Person, context: ShapeContext, written: readonly Change[] | null): unknown {
  const isOwnAnswer = written !== null
  const { store, dialect, now } = context
  const { profile } = person
  const active = person.active || (!isOwnAnswer && now < person.inactiveShownAt)
  const hasSeenNextPhoto = person.nextPhoto !== null && person.nextPhoto.shownAt <= now && !isOwnAnswer
  const photo = hasSeenNextPhoto ? (person.nextPhoto?.value ?? '') : person.photo
  const hasGuestBlock = isGuest(person.role) && person.role === 'multi_channel_guest'
  const schemas = [dialect.coreUser]
  if (profile !== null) schemas.push(dialect.enterprise, dialect.profile)
  if (hasGuestBlock) schemas.push(dialect.guest)
  const emails: { value: string; primary: boolean }[] = [{ value: person.email, primary: true }]
  if (profile !== null) emails.push({ value: person.secondaryEmail, primary: false })
  const name: Record<string, string | null> = { givenName: person.givenName, familyName: person.familyName }
  if (profile !== null) name['honorificPrefix'] = profile.honorificPrefix
  const shape: Record<string, unknown> = {
    schemas,
    id: person.id,
    externalId: context.echoesExternalId ? person.externalId : '',
    meta: {
      created: pacificTime(person.createdAt),
      location: `https://api.slack.com/scim/${dialect.version}/Users/${person.id}`,
    },
    userName: person.userName,
    nickName: person.userName,
    name,
    // Nobody is shown without a name: blanked by a PUT (slack.md 3.6) it looks like one left empty on create (3.2), which
    // is the only empty display name whose answer is known.
    displayName: person.displayName === '' ? person.userName : person.displayName,
    profileUrl: person.profileUrl === '' ? `${workspaceUrl(store)}/team/${person.userName}` : person.profileUrl,
    title: person.title,
    timezone: person.timezone,
    active,
    emails,
    photos: [{ value: photo === '' ? defaultPhoto(person.email) : photo, type: 'photo' }],
    groups: groupsOf(person.id, store, written ?? []),
  }
  if (profile !== null) {
    shape['addresses'] = [Object.fromEntries(addressKeys.map((key) => [key, profile[key]]))]
    shape['phoneNumbers'] = [
      { value: profile.mobilePhone, type: 'mobile' },
      { value: profile.primaryPhone, primary: true },
    ]
    shape['userType'] = profile.userType
    shape['roles'] = [{ value: profile.roleText, primary: true }]
    shape['preferredLanguage'] = profile.preferredLanguage
    shape['locale'] = profile.locale
    shape[dialect.enterprise] = {
      employeeNumber: profile.employeeNumber,
      costCenter: profile.costCenter,
      organization: profile.organization,
      division: profile.division,
      department: profile.department,
      manager: { managerId: profile.managerId },
    }
    shape[dialect.profile] = { startDate: profile.startDate }
  }
  if (hasGuestBlock) {
    shape[dialect.guest] = { type: 'multi', expiration: person.guestExpiration, channels: [] }
  }
  return shape
}

export function workspaceUrl({ settings }: Store): string {
  return settings.plan === 'enterprise'
    ? `https://${settings.domain}.enterprise.slack.com`
    : `https://${settings.domain}.slack.com`
}

/** Groups a deactivation is about to end are left already (slack.md 4). */
function groupsOf(
  personId: string,
  store: Store,
  written: readonly Change[],
): readonly { value: string; display: string }[] {
  const groups: { value: string; display: string }[] = []
  for (const id of store.groupIdsOf(personId)) {
    const isLeft = written.some(
      (change) => change.kind === 'members' && change.groupId === id && change.removed.includes(personId),
    )
    if (!isLeft) groups.push({ value: id, display: store.group(id)?.displayName ?? '' })
  }
  return groups
}

function defaultPhoto(email: string): string {
  return `https://secure.gravatar.com/avatar/${fingerprintOf(email)}.jpg`
}

const hourMs = 3_600_000

/** Stamps carry a Pacific offset (slack.md 3.1). Computed by the rule of the United States, since Intl is slow. */
export function pacificTime(at: number): string {
  const offsetHours = isPacificSummer(at) ? -7 : -8
  return `${new Date(at + offsetHours * hourMs).toISOString().slice(0, 19)}-0${-offsetHours}:00`
}

/** From the second Sunday of March, 10:00 UTC, to the first Sunday of November, 9:00 UTC. */
function isPacificSummer(at: number): boolean {
  const year = new Date(at).getUTCFullYear()
  return at >= sundayOf(year, 2, 2) + 10 * hourMs && at < sundayOf(year, 10, 1) + 9 * hourMs
}

function sundayOf(year: number, month: number, count: number): number {
  const firstWeekday = new Date(Date.UTC(year, month, 1)).getUTCDay()
  return Date.UTC(year, month, 1 + ((7 - firstWeekday) % 7) + (count - 1) * 7)
}
