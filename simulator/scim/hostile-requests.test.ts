/* Whatever is asked of SCIM, in both versions: an answer in Slack's form, and a workspace that still makes sense. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aWorkspace, enterprise1, enterprise2, guest1, patchOp, v1, v2 } from '../../test/builders/slack-workspace.ts'
import type { Reply, Workspace } from '../../test/builders/slack-workspace.ts'
import type { Plan } from '../index.ts'
import { isGuest } from '../workspace/rights.ts'

const core2Group = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const guest2 = 'urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User'
const profile1 = 'urn:scim:schemas:extension:slack:profile:1.0'

const nasty = fc.constantFrom(
  '',
  ' ',
  '__proto__',
  'constructor',
  'slackbot',
  'general',
  '@x',
  'a@b',
  '🎉',
  '\u0000',
  'x'.repeat(300),
  '"',
  '\\',
  'true',
  'False',
  'Crew',
)
const names = fc.constantFrom('ana', 'ben', 'Chen', 'dana.ek', 'olga', 'adam', 'helperbot', 'a b c', 'x'.repeat(21))
const emails = fc.constantFrom('ana@acme.example', 'BEN@acme.example', 'olga@acme.example', 'c@d', 'no address', '')
const text = fc.oneof(names, emails, nasty, fc.string({ maxLength: 30 }))
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))

/** `{n}` stands for the id of the n-th person or group there is when the request is sent. */
const idMark = fc.integer({ min: 0, max: 12 }).map((number) => `{${number}}`)
const member = fc.oneof(
  idMark.map((value) => ({ value })),
  idMark.map((value) => ({ value, operation: 'delete' })),
  fc.jsonValue({ maxDepth: 1 }),
)
const entry = fc.record(
  { value: text, type: text, primary: fc.oneof(fc.boolean(), text), operation: fc.constant('delete'), country: text },
  { requiredKeys: [] },
)
const list = fc.oneof(fc.array(fc.oneof(entry, text), { maxLength: 3 }), scalar)

const attributes = fc.record(
  {
    userName: scalar,
    nickName: scalar,
    displayName: scalar,
    name: fc.oneof(fc.record({ givenName: scalar, familyName: scalar }, { requiredKeys: [] }), scalar),
    title: scalar,
    emails: list,
    phoneNumbers: list,
    addresses: list,
    roles: list,
    photos: list,
    active: scalar,
    externalId: scalar,
    timezone: scalar,
    password: scalar,
    groups: list,
    members: fc.oneof(fc.array(member, { maxLength: 4 }), scalar),
    meta: fc.record({ attributes: fc.array(fc.oneof(text, fc.constantFrom('title', 'members', 'name.givenName'))) }),
    [enterprise1]: fc.oneof(fc.record({ department: scalar, manager: fc.jsonValue({ maxDepth: 1 }) }), scalar),
    [enterprise2]: fc.oneof(fc.record({ manager: fc.record({ managerId: fc.oneof(idMark, text) }) }), scalar),
    [guest1]: fc.oneof(fc.record({ type: fc.constantFrom('multi', 'single'), expiration: text }), scalar),
    [guest2]: fc.oneof(fc.record({ type: fc.constant('multi') }), scalar),
    [profile1]: fc.oneof(fc.record({ startDate: text }), scalar),
  },
  { requiredKeys: [] },
)
const path = fc.oneof(
  fc.constantFrom(
    'active',
    'userName',
    'emails',
    'emails[primary eq false]',
    'emails[type eq "work"].value',
    'phoneNumbers[type eq "mobile"].value',
    'addresses[type eq "work"].country',
    'name.givenName',
    'members',
    'displayName',
    enterprise2,
    `${enterprise2}:department`,
    `${enterprise2}:manager.managerId`,
    guest2,
    'photos[x',
    'emails[value pr and (primary eq true or type sw "w")]',
  ),
  idMark.map((id) => `members[value eq ${id}]`),
  idMark.map((id) => `members[value eq "${id}"]`),
  text,
)
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'replace', 'remove', 'Replace', 'move', 1),
    path: fc.oneof(path, scalar),
    value: fc.oneof(attributes, list, scalar, fc.array(member, { maxLength: 3 }), fc.jsonValue({ maxDepth: 2 })),
  },
  { requiredKeys: [] },
)
const schemas = fc.oneof(
  fc.constantFrom([v1], [v2], [core2Group], [patchOp], [v1, enterprise1, guest1, profile1], [v2, enterprise2, guest2]),
  fc.jsonValue({ maxDepth: 1 }),
)
/** What a decent client sends, so that hostile requests meet a workspace in which something happens. */
const decentName = fc.constantFrom('ana', 'ben', 'Chen', 'dana.ek', 'eva@acme.example', 'Kai Lo', 'x'.repeat(21))
const decentUser = fc.record(
  {
    schemas: fc.constant([v1, v2, enterprise1, enterprise2, profile1]),
    userName: decentName,
    emails: fc
      .tuple(decentName, fc.boolean())
      .map(([name, primary]) => [{ value: `${name.replaceAll(/[^a-z]/gi, '')}@acme.example`, primary }]),
    title: fc.constantFrom('Captain', ' '),
    active: fc.constantFrom(true, false, 'True'),
    phoneNumbers: fc.constant([{ value: '+1 202 555 0100', type: 'work' }]),
    displayName: decentName,
  },
  { requiredKeys: ['schemas', 'userName', 'emails'] },
)
const decentGroup = fc.record(
  {
    schemas: fc.constant([v1, core2Group]),
    displayName: fc.constantFrom('Crew', 'crew', 'Deck', 'Galley'),
    members: fc.array(
      idMark.map((value) => ({ value })),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['schemas', 'displayName'] },
)
const decentOperation = fc.oneof(
  fc.constantFrom(true, false).map((value) => ({ op: 'replace', path: 'active', value })),
  decentName.map((value) => ({ op: 'replace', path: 'userName', value })),
  decentName.map((value) => ({ op: 'replace', path: 'emails[type eq "work"].value', value: `${value}@acme.example` })),
  idMark.map((value) => ({ op: 'add', path: 'members', value: [{ value }] })),
  idMark.map((value) => ({ op: 'remove', path: `members[value eq "${value}"]` })),
  idMark.map((value) => ({ op: 'add', path: `${enterprise2}:manager.managerId`, value })),
  fc.constantFrom('Crew', 'Deck').map((value) => ({ op: 'replace', path: 'displayName', value })),
)
const decentPatch = decentOperation.map((step) => ({ schemas: [patchOp], Operations: [step] }))

const body = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(decentUser, attributes).map(([decent, odd]) => ({ ...odd, ...decent })) },
  { weight: 6, arbitrary: fc.tuple(schemas, attributes).map(([named, rest]) => ({ schemas: named, ...rest })) },
  {
    weight: 4,
    arbitrary: fc.record({ schemas: fc.constant([patchOp]), Operations: fc.array(operation, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.string() },
)
const filter = fc
  .array(
    fc.oneof(
      fc.constantFrom('userName', 'email', 'emails', 'displayName', 'restricted', 'eq', 'co', 'pr', 'and', 'or', 'not'),
      fc.constantFrom('(', ')', '"ana"', "'1'", '1', '[', 'ne'),
      text,
    ),
    { maxLength: 6 },
  )
  .map((words) => words.join(' '))
const query = fc.record({ filter, count: text, startIndex: fc.integer(), sortOrder: text }, { requiredKeys: [] })
interface HostileRequest {
  readonly method: string
  readonly version: string
  readonly resource: string
  readonly id: string
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

const hostileRequest: fc.Arbitrary<HostileRequest> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'DELETE', 'HEAD', 'PURGE'),
  version: fc.constantFrom('v1', 'v1', 'v2', 'v2', 'v3'),
  resource: fc.constantFrom(
    'Users',
    'Users',
    'Users',
    'Groups',
    'Groups',
    'Schemas/Users',
    'ResourceTypes',
    'Bulk',
    '',
  ),
  id: fc.oneof(
    { weight: 5, arbitrary: idMark },
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: text },
  ),
  query,
  body,
})
/** One thing at a time, and well-formed; whether it is allowed is another matter. */
const plain = (method: string, resource: string, sent: fc.Arbitrary<unknown>): fc.Arbitrary<HostileRequest> =>
  fc.record({
    method: fc.constant(method),
    version: sent === decentPatch ? fc.constant('v2') : fc.constantFrom('v1', 'v2'),
    resource: fc.constant(resource),
    id: method === 'POST' ? fc.constant('') : idMark,
    query: fc.constant({}),
    body: sent,
  })
const decentRequest = fc.oneof(
  plain('POST', 'Users', decentUser),
  plain('PUT', 'Users', decentUser),
  plain('PATCH', 'Users', decentPatch),
  plain('PATCH', 'Users', decentUser),
  plain('DELETE', 'Users', fc.constant('')),
  plain('POST', 'Groups', decentGroup),
  plain('PUT', 'Groups', decentGroup),
  plain('PATCH', 'Groups', decentPatch),
  plain('PATCH', 'Groups', decentGroup),
  plain('DELETE', 'Groups', fc.constant('')),
)
const request = fc.oneof(decentRequest, hostileRequest)

async function send(
  { method, version, resource, id, query: asked, body: sent }: HostileRequest,
  workspace: Workspace,
  token: string,
): Promise<Reply> {
  const { simulator } = workspace
  const ids =
    resource === 'Groups' ? simulator.groups().map((group) => group.id) : simulator.people().map(({ id }) => id)
  const members = simulator.people().map((person) => person.id)
  const named = (mark: string, among: readonly string[]): string =>
    mark.replaceAll(
      /\{(\d+)\}/g,
      (_, number: string) => among[Number(number) % Math.max(1, among.length)] ?? 'W0NOBODY',
    )
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) search.set(name, String(value))
  const url = `/scim/${version}/${resource}${id === '' ? '' : `/${encodeURIComponent(named(id, ids))}`}?${search.toString()}`
  return workspace.send(method, url, named(typeof sent === 'string' ? sent : JSON.stringify(sent), members), token)
}

/** A success or a refusal, each in the form of its version; 500 only where Slack's own catalogue has it. */
function expectAnAnswer(reply: Reply, { method, version }: HostileRequest): void {
  if (reply.status < 300) {
    expect(reply.text === '' || typeof reply.json === 'object').toBe(true)
    return
  }
  const { Errors, detail, status } = reply.json as {
    Errors?: { description: string; code: number }
    detail?: string
    status?: number
  }
  const name = Errors?.description ?? detail ?? ''
  expect(name, `${method} ${reply.text}`).toMatch(/^[a-zA-Z_]+( \(.+\))?$/)
  expect(Errors?.code ?? status).toBe(reply.status)
  if (version === 'v1') expect(Errors).toBeDefined()
  if (reply.status >= 500) expect(name).toBe('group_creation_failed')
}

async function expectSense(workspace: Workspace, token: string): Promise<void> {
  const { simulator } = workspace
  const people = simulator.people()
  const byId = new Map(people.map((person) => [person.id, person]))
  const groups = simulator.groups()
  const differ = (what: string, values: readonly string[]): void =>
    expect(new Set(values).size, what).toBe(values.length)
  differ(
    'ids',
    [...people, ...groups].map(({ id }) => id),
  )
  differ('user names, those of channels included', [...people.map(({ userName }) => userName), 'general', 'random'])
  differ(
    'addresses',
    people.map(({ email }) => email),
  )
  differ(
    'names of groups',
    groups.map(({ displayName }) => displayName.toLowerCase()),
  )
  for (const {
    userName,
    email,
    secondaryEmail,
    role,
    active,
    givenName,
    familyName,
    profile,
    guestExpiration,
  } of people) {
    expect(userName).toMatch(/^[a-z0-9._-]{1,21}$/)
    expect(email).toMatch(/^[^\s@]+@[^\s@]+$/)
    expect(email).toBe(email.toLowerCase())
    expect(secondaryEmail).not.toBe(email)
    expect(`${givenName}${familyName}`.trim()).not.toBe('')
    if (role === 'bot' || role === 'primary_owner') expect(active).toBe(true)
    if (isGuest(role)) expect(simulator.settings.plan).toBe('enterprise')
    else expect(guestExpiration).toBeNull()
    if (typeof profile?.managerId === 'string') expect(byId.has(profile.managerId)).toBe(true)
  }
  for (const { displayName, memberIds } of groups) {
    differ(`members of ${displayName}`, memberIds)
    expect(displayName.trim()).not.toBe('')
    // Nobody who has left is in a group (slack.md 4), and everybody in it is somebody.
    expect(memberIds.filter((id) => byId.get(id)?.active !== true)).toEqual([])
  }
  for (const version of ['v1', 'v2'] as const) {
    for (const [resource, count] of [
      ['Users', people.length],
      ['Groups', groups.length],
    ] as const) {
      const { json } = await workspace.send('GET', `/scim/${version}/${resource}?count=1000`, undefined, token)
      const page = json as { totalResults: number; Resources: readonly unknown[] }
      expect([page.totalResults, page.Resources.length], resource).toEqual([count, count])
    }
  }
  // What is kept is what is there.
  const state = [people, groups]
  const snapshot = simulator.snapshot()
  expect((await control(workspace, snapshot)).status).toBe(204)
  expect([simulator.people(), simulator.groups()]).toEqual(state)
  expect(Object.keys({})).toEqual([])
}

function control({ simulator }: Workspace, snapshot: unknown): ReturnType<typeof simulator.handle> {
  const sent = JSON.stringify(snapshot)
  return simulator.handle({ method: 'POST', url: '/_sim/restore', headers: {}, body: sent })
}

test.each<[Plan]>([['business_plus'], ['enterprise']])(
  '%s: nothing that is asked breaks it',
  async (plan) => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 40, size: 'max' }), async (requests) => {
        const consistency = { deactivateMs: 0, groupMs: 0, photoMs: 0 }
        const workspace = aWorkspace({
          plan,
          users: 6,
          company: { groups: 3, guests: 0, deactivated: 1, bots: 1 },
          consistency,
        })
        // The primary owner's: nobody can take it away by deactivating them.
        const token = workspace.simulator.issueToken({ installer: 'olga', isOrgWide: plan === 'enterprise' })
        for (const asked of requests) expectAnAnswer(await send(asked, workspace, token), asked)
        await expectSense(workspace, token)
      }),
      { numRuns: 60 },
    )
  },
  120_000,
)
