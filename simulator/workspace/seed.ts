/*
 * Which people, channels and groups a workspace begins with: the small default company, or a given one
 * (slack.md 10.2, knob seed).
 */
import { companyBots, companyGroups, companyMembers } from './company.ts'
import type { CompanyShape } from './company.ts'
import { idOf } from './ids.ts'
import { emptyProfile } from './model.ts'
import type { OauthApp, Person, Plan, ProfileKey, Role } from './model.ts'
import type { GroupSeed, PersonSeed, WorkspaceSeed } from './workspace-seed.ts'
import type { Change, Store } from './store.ts'

export const usualApp: OauthApp = {
  clientId: '111.222',
  clientSecret: 'shh',
  redirectUrls: ['https://idp.example/cb'],
  name: 'Muster',
  hasTokenRotation: false,
}

export interface AcmeRequest {
  readonly plan: Plan
  readonly seed: number
  readonly memberCount: number
  readonly installerRole: Role | undefined
  /** Null gives plain members without profiles and nothing else. */
  readonly company: CompanyShape | null
}

/** The workspace Acme: somebody for every role the plan knows, and as many made-up members as asked. */
export function acmeWorkspace({ plan, seed, memberCount, installerRole, company }: AcmeRequest): WorkspaceSeed {
  const isOrg = plan === 'enterprise'
  const members = companyMembers(memberCount, seed, company)
  const people: PersonSeed[] = [
    { userName: 'olga', email: 'olga@acme.example', role: 'primary_owner', givenName: 'Olga', familyName: 'Olsen' },
    ...(isOrg
      ? ([
          { userName: 'orla', email: 'orla@acme.example', role: 'org_owner', givenName: 'Orla', familyName: 'Oak' },
        ] as const)
      : []),
    {
      userName: 'adam',
      email: 'adam@acme.example',
      role: installerRole ?? 'admin',
      givenName: 'Adam',
      familyName: 'Abbot',
    },
    {
      userName: 'helperbot',
      email: 'bot-1@slack-bots.example',
      role: 'bot',
      givenName: 'Helper',
      familyName: 'Bot',
    },
  ]
  return {
    settings: { plan, teamName: 'Acme', domain: 'acme' },
    channels: ['general', 'random'],
    people: [...people, ...companyBots(company?.bots ?? 0), ...members],
    groups: companyGroups(company?.groups ?? 0, members, seed),
    apps: [usualApp],
  }
}

/** The changes that make the workspace out of an empty store. */
export function seedWorkspace(workspace: WorkspaceSeed, store: Store, seed: number, now: number): void {
  const { settings = {}, channels = [], people = [], groups = [], apps = [] } = workspace
  const plan = settings.plan ?? store.settings.plan
  const teamId = settings.teamId ?? idOf('T0', seed, 0)
  const enterpriseId = settings.enterpriseId ?? (plan === 'enterprise' ? idOf('E0', seed, 0) : null)
  const changes: Change[] = [{ kind: 'settings', settings: { ...settings, plan, teamId, enterpriseId } }]
  for (const name of channels) changes.push({ kind: 'channel', name })
  for (const app of apps) changes.push({ kind: 'app', app })
  store.commit(changes, now, null)
  const made = people.map((person) => personOf(person, store, seed, now))
  const idsByName = new Map(made.map(({ userName, id }) => [userName, id]))
  const withManagers = made.map((person, index): Person => {
    const managerId = idsByName.get(people[index]?.manager ?? '')
    return managerId === undefined ? person : { ...person, profile: { ...emptyProfile, ...person.profile, managerId } }
  })
  store.commit(
    withManagers.map((person): Change => ({ kind: 'person', person })),
    now,
    null,
  )
  const fields = people.flatMap(({ profile }) => Object.keys(profile ?? {}) as ProfileKey[])
  store.commit(
    [...new Set(fields)].map((name): Change => ({ kind: 'customField', name })),
    now,
    null,
  )
  for (const group of groups) seedGroup(group, store, seed, now)
}

export function personOf(person: PersonSeed, store: Store, seed: number, now: number): Person {
  const prefix = store.settings.plan === 'enterprise' ? 'W0' : 'U0'
  const { userName, role = 'member', profile, secondaryEmail = '' } = person
  const isExtended = profile !== undefined || secondaryEmail !== ''
  return {
    id: store.freeId('person', (number) => idOf(prefix, seed, number)),
    createdAt: now,
    role,
    active: person.active ?? true,
    inactiveShownAt: 0,
    userName,
    displayName: person.displayName ?? '',
    givenName: person.givenName ?? userName,
    familyName: person.familyName ?? '',
    title: person.title ?? '',
    timezone: person.timezone ?? 'America/Los_Angeles',
    profileUrl: '',
    email: person.email.toLowerCase(),
    secondaryEmail,
    photo: '',
    nextPhoto: null,
    profile: isExtended ? { ...emptyProfile, ...profile } : null,
    guestExpiration: person.guestExpiration ?? null,
    externalId: '',
    samlNameId: person.samlNameId ?? null,
    isErased: person.isErased ?? false,
  }
}

export function seedGroup(group: GroupSeed, store: Store, seed: number, now: number): string {
  const { displayName, members = [], isLinkedToChannels = false } = group
  const id = store.freeId('group', (number) => idOf('S0', seed, number))
  const added = members.flatMap((userName) => store.personByUserName(userName)?.id ?? [])
  const changes: Change[] = [{ kind: 'group', id, createdAt: now, displayName, shownAt: 0 }]
  if (added.length > 0) changes.push({ kind: 'members', groupId: id, added, removed: [], shownAt: 0 })
  if (isLinkedToChannels) changes.push({ kind: 'groupLinked', id, isLinked: true })
  store.commit(changes, now, null)
  return id
}
