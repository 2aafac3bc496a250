/*
 * What may be restored: a snapshot as it was taken. A damaged one is refused whole, before anything is forgotten for it.
 */
import { z } from 'zod'
import { profileKeys } from '../workspace/model.ts'
import type { Profile } from '../workspace/model.ts'
import type { SimulatorSnapshot } from '../simulator.ts'
import { allowedAddresses, knobsBody, role, samlBody, settingsBody } from './control-bodies.ts'

const text = z.string()
const instant = z.number()
const texts = z.array(text)

/** `fromEntries` forgets the names it was given, so the type says them again. */
const profile = z.strictObject(
  Object.fromEntries(profileKeys.map((key) => [key, text.nullable()])),
) as unknown as z.ZodType<Profile>

const person = z.strictObject({
  id: text.regex(/^[UW][A-Z0-9]+$/),
  createdAt: instant,
  role,
  active: z.boolean(),
  inactiveShownAt: instant,
  userName: text.min(1),
  displayName: text,
  givenName: text,
  familyName: text,
  title: text,
  timezone: text,
  profileUrl: text,
  email: text.min(1),
  secondaryEmail: text,
  photo: text,
  nextPhoto: z.strictObject({ value: text, shownAt: instant }).nullable(),
  profile: profile.nullable(),
  guestExpiration: text.nullable(),
  externalId: text,
  samlNameId: text.nullable(),
  isErased: z.boolean(),
})

const token = z.strictObject({
  value: text.min(1),
  kind: z.enum(['user', 'bot']),
  installerId: text,
  scopes: texts,
  isOrgWide: z.boolean(),
  isGranted: z.boolean(),
  isRevoked: z.boolean(),
  expiresAt: instant.nullable(),
  refreshToken: text.nullable(),
  clientId: text.nullable(),
  allowedAddresses: allowedAddresses.nullable().default(null),
})

const app = z.strictObject({
  clientId: text,
  clientSecret: text,
  redirectUrls: texts,
  name: text,
  hasTokenRotation: z.boolean(),
  allowedAddresses: allowedAddresses.exactOptional(),
  isDistributed: z.boolean().exactOptional(),
})

const code = z.strictObject({
  value: text,
  clientId: text,
  userId: text,
  scopes: texts,
  redirectUri: text.nullable(),
  codeChallenge: text.nullable(),
  isOrgWide: z.boolean(),
  issuedAt: instant,
  isUsed: z.boolean(),
})

const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), person }),
  z.strictObject({ kind: z.literal('group'), id: text, createdAt: instant, displayName: text, shownAt: instant }),
  z.strictObject({ kind: z.literal('members'), groupId: text, added: texts, removed: texts, shownAt: instant }),
  z.strictObject({ kind: z.literal('groupLinked'), id: text, isLinked: z.boolean() }),
  z.strictObject({ kind: z.literal('token'), token }),
  z.strictObject({ kind: z.literal('app'), app }),
  z.strictObject({ kind: z.literal('code'), code }),
  z.strictObject({ kind: z.literal('channel'), name: text }),
  z.strictObject({ kind: z.literal('customField'), name: text }),
  z.strictObject({ kind: z.literal('assertion'), id: text, expiresAt: instant }),
  z.strictObject({
    kind: z.literal('settings'),
    settings: settingsBody.required().extend({
      teamId: text,
      enterpriseId: text.nullable(),
      saml: samlBody.nullable(),
    }),
  }),
])

const auditEntry = z.strictObject({
  at: instant,
  action: text,
  actorId: text.nullable(),
  entityId: text,
  details: texts,
})

const snapshotBody = z.strictObject({
  store: z.strictObject({
    changes: z.array(change),
    numbers: z.strictObject({ person: z.number(), group: z.number(), token: z.number() }),
    audit: z.array(auditEntry).default([]),
  }),
  knobs: knobsBody.required(),
})

/** Throws when a part is missing or wrong, or when two people or groups stand in each other's place. */
export function readSnapshot(body: unknown): SimulatorSnapshot {
  const snapshot = snapshotBody.parse(body)
  const people = snapshot.store.changes.flatMap((entry) => (entry.kind === 'person' ? entry.person : []))
  const groups = snapshot.store.changes.flatMap((entry) => (entry.kind === 'group' ? entry : []))
  refuseTwice(
    'id',
    [...people, ...groups].map(({ id }) => id),
  )
  refuseTwice(
    'userName',
    people.map(({ userName }) => userName),
  )
  refuseTwice(
    'e-mail address',
    people.map(({ email }) => email),
  )
  refuseTwice(
    'group name',
    groups.map(({ displayName }) => displayName.toLowerCase()),
  )
  const ids = new Set(people.map(({ id }) => id))
  for (const entry of snapshot.store.changes) {
    if (entry.kind !== 'members') continue
    const missing = entry.added.find((id) => !ids.has(id))
    if (missing !== undefined) throw new Error(`The snapshot has a member ${missing} who is not among its people.`)
  }
  return snapshot
}

function refuseTwice(what: string, values: readonly string[]): void {
  const seen = new Set<string>()
  for (const value of values) {
    if (seen.has(value)) throw new Error(`The snapshot has the ${what} ${value} twice; restore one as it was taken.`)
    seen.add(value)
  }
}
