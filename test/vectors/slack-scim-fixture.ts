/*
 * Builds the workspace a Slack check starts from: its fixture, its tokens, its extra preconditions.
 */
import { z } from 'zod'
import { createSimulator, usualSaml } from '../../simulator/index.ts'
import type {
  GroupSeed,
  Knobs,
  PersonSeed,
  Plan,
  Profile,
  SamlSettings,
  Simulator,
  WorkspaceSettings,
} from '../../simulator/index.ts'
import type { IdentityProvider } from './slack-scim-saml.ts'

const text = z.string()

const fixtureUser = z.strictObject({
  role: z.enum([
    'primary_owner',
    'owner',
    'admin',
    'member',
    'multi_channel_guest',
    'single_channel_guest',
    'bot',
    'org_owner',
    'org_admin',
  ]),
  active: z.boolean(),
  email: text,
  givenName: text.exactOptional(),
  familyName: text.exactOptional(),
  displayName: text.exactOptional(),
  profileFields: z.enum(['never set', 'set once, now all null']).exactOptional(),
  samlNameId: text.exactOptional(),
  secondaryEmail: text.exactOptional(),
  title: text.exactOptional(),
  locality: text.exactOptional(),
  department: text.exactOptional(),
  role_value: text.exactOptional(),
  primaryPhone: text.exactOptional(),
  mobilePhone: text.exactOptional(),
})
type FixtureUser = z.infer<typeof fixtureUser>

const samlFixture = z.strictObject({
  configured: z.boolean(),
  idpIssuer: text,
  spIssuer: text,
  acs: text,
  acceptSigned: z.enum(['response or assertion', 'response', 'assertion', 'response and assertion']),
  jit: z.boolean(),
})

const fixture = z.strictObject({
  plan: z.enum(['business_plus', 'free', 'pro', 'enterprise']).exactOptional(),
  inherits: text.exactOptional(),
  idPrefix: text.exactOptional(),
  team: z.strictObject({ id: text, domain: text }).exactOptional(),
  enterprise: z.strictObject({ id: text }).exactOptional(),
  channels: z.array(text).exactOptional(),
  settings: z.record(text, z.unknown()).exactOptional(),
  saml: samlFixture.exactOptional(),
  users: z.record(text, fixtureUser).exactOptional(),
  groups: z.record(text, z.strictObject({ displayName: text, members: z.array(text) })).exactOptional(),
})
export type Fixture = z.infer<typeof fixture>

const oauthApp = z.strictObject({ client_id: text, client_secret: text, redirect_urls: z.array(text) })

/** The part of a vector file that is common to its checks. */
export const vectorFile = z.looseObject({
  fixtures: z.record(text, fixture),
  tokens: z.record(text, text),
  oauthApp: oauthApp.exactOptional(),
  checks: z.array(z.looseObject({ id: text })),
})
export type VectorFile = z.infer<typeof vectorFile>

export const given = z.strictObject({
  fixture: text,
  token: text,
  settings: z.record(text, z.unknown()).exactOptional(),
  bulkUsers: z.number().exactOptional(),
  bulkGroups: z.number().exactOptional(),
  groupSize: z.record(text, z.number()).exactOptional(),
  browserUser: text.exactOptional(),
  exhaust: z
    .strictObject({ endpoint: text, requests: z.number(), withinMs: z.number(), token: text.exactOptional() })
    .exactOptional(),
  waitMs: z.number().exactOptional(),
  inFlight: z.strictObject({ method: text, path: text }).exactOptional(),
})
export type Given = z.infer<typeof given>

export interface PreparedWorkspace {
  readonly simulator: Simulator
  readonly fixture: Fixture
  /** Members made up for this check, by userName. */
  readonly crowd: readonly string[]
}

const startedAt = Date.UTC(2026, 2, 2, 9, 0, 0)

export function fixtureNamed(file: VectorFile, name: string): Fixture {
  const own = file.fixtures[name]
  if (own === undefined) throw new Error(`The file has no fixture ${name}.`)
  if (own.inherits === undefined) return own
  const parent = fixtureNamed(file, own.inherits)
  return {
    ...parent,
    ...own,
    settings: { ...parent.settings, ...own.settings },
    users: { ...parent.users, ...own.users },
    groups: { ...parent.groups, ...own.groups },
  }
}

/** `crowdSize`: how many people besides the fixture's the check's request speaks of. */
export function prepareWorkspace(
  file: VectorFile,
  asked: Given,
  crowdSize: number,
  identityProvider: IdentityProvider,
): PreparedWorkspace {
  const base = fixtureNamed(file, asked.fixture)
  const { settings, knobs, linkedGroups } = readSettings({ ...base.settings, ...asked.settings })
  const plan: Plan = base.plan ?? 'business_plus'
  const sizes = Object.entries(asked.groupSize ?? {})
  const crowdCount = Math.max(crowdSize, asked.bulkUsers ?? 0, ...sizes.map(([, size]) => size))
  const crowd = Array.from({ length: crowdCount }, (_, index) => `crowd${index + 1}`)
  const people: PersonSeed[] = [
    ...Object.entries(base.users ?? {}).map(([userName, user]) => personOf(userName, user)),
    ...crowd.map((userName) => ({ userName, email: `${userName}@acme.example` })),
  ]
  const groups: GroupSeed[] = [
    ...Object.entries(base.groups ?? {}).map(([key, { displayName, members }]) => {
      // A group of a given size consists of made-up people only, so that the fixture's can still join it.
      const size = asked.groupSize?.[key]
      return {
        displayName,
        members: size === undefined ? members : crowd.slice(0, size),
        isLinkedToChannels: linkedGroups.includes(key),
      }
    }),
    ...Array.from({ length: asked.bulkGroups ?? 0 }, (_, index) => ({ displayName: `Crowd ${index + 1}` })),
  ]
  const app = file.oauthApp
  const simulator = createSimulator({
    clock: { now: () => startedAt, sleep: () => Promise.resolve() },
    latencyMs: 0,
    latencyJitterMs: 0,
    knobs: { ...knobs, logBodies: false },
    workspace: {
      settings: {
        ...settings,
        plan,
        saml: base.saml === undefined ? null : samlOf(base.saml, identityProvider),
        ...(base.team === undefined ? {} : { teamId: base.team.id, domain: base.team.domain }),
        ...(base.enterprise === undefined ? {} : { enterpriseId: base.enterprise.id }),
      },
      channels: base.channels ?? [],
      people,
      groups,
      apps:
        app === undefined
          ? []
          : [
              {
                clientId: app.client_id,
                clientSecret: app.client_secret,
                redirectUrls: app.redirect_urls,
                name: 'Muster',
                hasTokenRotation: false,
              },
            ],
    },
  })
  simulator.freezeClock(startedAt)
  if (asked.browserUser !== undefined) simulator.setBrowserUser(asked.browserUser)
  return { simulator, fixture: base, crowd }
}

function samlOf(saml: z.infer<typeof samlFixture>, { certificate }: IdentityProvider): SamlSettings | null {
  if (!saml.configured) return null
  return {
    ...usualSaml,
    certificate,
    ssoUrl: 'https://idp.example/sso',
    idpIssuer: saml.idpIssuer,
    spIssuer: saml.spIssuer,
    acsUrl: saml.acs,
    areResponsesSigned: ['response', 'response and assertion'].includes(saml.acceptSigned),
    areAssertionsSigned: ['assertion', 'response and assertion'].includes(saml.acceptSigned),
    jit: saml.jit,
  }
}

function personOf(userName: string, user: FixtureUser): PersonSeed {
  const { role, active, email, profileFields, locality, department, role_value, primaryPhone, mobilePhone } = user
  const profile: Partial<Profile> = {
    ...(locality === undefined ? {} : { locality }),
    ...(department === undefined ? {} : { department }),
    ...(role_value === undefined ? {} : { roleText: role_value }),
    ...(primaryPhone === undefined ? {} : { primaryPhone }),
    ...(mobilePhone === undefined ? {} : { mobilePhone }),
  }
  const hasProfile = Object.keys(profile).length > 0 || profileFields === 'set once, now all null'
  const { givenName, familyName, displayName, title, secondaryEmail, samlNameId } = user
  return {
    userName,
    role,
    active,
    email,
    ...(givenName === undefined ? {} : { givenName }),
    ...(familyName === undefined ? {} : { familyName }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(title === undefined ? {} : { title }),
    ...(secondaryEmail === undefined ? {} : { secondaryEmail }),
    ...(samlNameId === undefined ? {} : { samlNameId }),
    ...(hasProfile ? { profile } : {}),
  }
}

interface ReadSettings {
  readonly settings: Partial<WorkspaceSettings>
  readonly knobs: Partial<Knobs>
  readonly linkedGroups: readonly string[]
}

const settingKeys: ReadonlySet<string> = new Set<keyof WorkspaceSettings>([
  'salesforceOrgConnected',
  'profileSync',
  'allowDisplayNameChange',
  'allowEmailChange',
  'ssoMode',
  'customProfileFields',
  'hiddenFields',
  'sessionDurationHours',
])

const knobKeys: ReadonlySet<string> = new Set<keyof Knobs>([
  'rateScale',
  'rejectedCostsToken',
  'consistency',
  'conflictStatus',
  'planGateStatus',
  'notFoundStatus',
  'forbiddenStatus',
  'longUserNameError',
  'usernameConflict',
  'displayNameMode',
  'displayNameUpdateWhenNoSync',
  'externalIdEcho',
  'putMissingActive',
  'unknownManager',
  'patchSupportedFlag',
  'filterSupportedFlag',
  'v2Enabled',
  'v2FilterEnabled',
  'reservedUserNames',
  'reservedWords',
  'deactivateLeavesGroups',
])

/** The file mixes what an administrator sets with the simulator's knobs. */
function readSettings(mixed: Readonly<Record<string, unknown>>): ReadSettings {
  const settings: Record<string, unknown> = {}
  const knobs: Record<string, unknown> = {}
  let linkedGroups: readonly string[] = []
  for (const [key, value] of Object.entries(mixed)) {
    if (settingKeys.has(key)) settings[key] = value
    else if (knobKeys.has(key)) knobs[key] = value
    else if (key === 'groupLinkedToChannels') linkedGroups = z.array(text).parse(value)
    else if (key !== 'saml' || value !== 'configured')
      throw new Error(`given.settings.${key} is not a setting this runner knows.`)
  }
  return { settings, knobs, linkedGroups }
}

function activeWithRole({ fixture }: PreparedWorkspace, ...roles: readonly string[]): string {
  const people = Object.entries(fixture.users ?? {})
  const found = roles.flatMap((role) => people.filter(([, user]) => user.role === role && user.active))[0]
  if (found === undefined) throw new Error(`The fixture has nobody with the role ${roles.join(' or ')}.`)
  return found[0]
}

/** A code as the consent page would have handed it out. */
export function issueCode(file: VectorFile, prepared: PreparedWorkspace, isOrgWide: boolean): string {
  const user = isOrgWide ? activeWithRole(prepared, 'org_owner', 'primary_owner') : activeWithRole(prepared, 'admin')
  const app = file.oauthApp
  return prepared.simulator.issueCode({
    user,
    isOrgWide,
    ...(app === undefined ? {} : { clientId: app.client_id, redirectUri: app.redirect_urls[0] ?? null }),
  })
}

/** The Authorization header of a token the file names; undefined for none. */
export function authorizationOf(file: VectorFile, name: string, prepared: PreparedWorkspace): string | undefined {
  const { simulator, fixture } = prepared
  const withRole = (...roles: readonly string[]): string => activeWithRole(prepared, ...roles)
  const isOrg = fixture.plan === 'enterprise'
  const issue = (installer: string, more: Parameters<Simulator['issueToken']>[0] | object = {}): string =>
    `Bearer ${simulator.issueToken({ installer, ...more })}`
  switch (name) {
    case 'none':
      return undefined
    case 'admin':
    case 'workspaceLevelOnOrg':
      return issue(withRole('admin'))
    case 'owner':
      return issue(withRole('owner'))
    case 'orgOwner':
      return issue(withRole('org_owner', 'primary_owner'), { isOrgWide: true })
    case 'noScope':
      return issue(withRole('admin'), { scopes: ['users:read'] })
    case 'memberInstalled':
      return issue(withRole('member'))
    case 'bot':
      return issue(withRole('admin'), { kind: 'bot' })
    case 'demoted': {
      const installer = isOrg ? withRole('org_owner', 'primary_owner') : withRole('admin')
      const authorization = issue(installer, { isOrgWide: isOrg })
      simulator.setRole(installer, 'member')
      return authorization
    }
    case 'revoked': {
      const installer = isOrg ? withRole('org_owner', 'primary_owner') : withRole('admin')
      const authorization = issue(installer, { isOrgWide: isOrg })
      simulator.deactivate(installer)
      return authorization
    }
    default: {
      const header = file.tokens[name]
      if (header?.startsWith('Bearer ') === true) return header
      throw new Error(`The token ${name} is not one this runner knows.`)
    }
  }
}
