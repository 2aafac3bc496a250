/* Spec 4.2 and 6.2: whose the accounts are, and where they differ from what they should be; reading changes nothing. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/index.ts'
import type {
  DiscoveryPage,
  DriftFinding,
  DriftPage,
  DriftSummary,
  Link,
  ReadingLine,
  TargetValue,
} from '../../src/vocabulary/index.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aWorld, anAccount, departmentAttribute, managerAttribute, workEmail, type World } from '../builders/world.ts'
import { testSeed } from '../test-seed.ts'

let world: World
let app: Awaited<ReturnType<typeof createApi>>
beforeEach(() => begin())
afterEach(() => end())

async function begin(): Promise<void> {
  world = await aWorld()
  app = await createApi(apiPorts(world.ports))
}
async function end(): Promise<void> {
  await app.close()
  await world.close()
}

async function get(path: string): Promise<{ readonly status: number; readonly json: unknown }> {
  const answer = await app.inject({ url: `/muster/v1/jobs/default/${path}`, headers: { host: 'localhost' } })
  return { status: answer.statusCode, json: JSON.parse(answer.body) as unknown }
}

/** Reads the target; answers the lines of the stream. */
async function read(what: 'discovery' | 'drift'): Promise<readonly ReadingLine<DriftSummary>[]> {
  const url = `/muster/v1/jobs/default/${what}`
  const answer = await app.inject({ method: 'POST', url, headers: { host: 'localhost' }, payload: {} })
  expect(answer.statusCode).toBe(200)
  return answer.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReadingLine<DriftSummary>)
}

async function discovered(query = ''): Promise<DiscoveryPage> {
  return (await get(`discovery?${query}`)).json as DiscoveryPage
}
async function drift(query = ''): Promise<DriftPage> {
  await read('drift')
  return (await get(`drift?limit=1000${query}`)).json as DriftPage
}

async function linkOf(objectType: 'User' | 'Group', id: string): Promise<Link> {
  const link = await world.link(objectType, id)
  if (link === undefined) throw new Error(`${id} is not linked`)
  return link
}

/** What somebody does in the target by hand. */
function byHand(link: Link, attributes: Readonly<Record<string, TargetValue>>): void {
  const object = world.target.object(link.objectType, link.targetAnchor)
  if (object === undefined) throw new Error(`${link.displayName} is not in the target`)
  world.target.put({ ...object, attributes: { ...object.attributes, ...attributes } })
}

const brief = ({ kind, sourceAnchor, attribute, wanted, found }: DriftFinding) => [
  kind,
  sourceAnchor,
  attribute,
  wanted,
  found,
]

describe('4.2: account discovery', () => {
  test('accounts are sorted into assigned, unassigned and local, each with the reason', async () => {
    await world.user('Ana Able')
    await world.user('Ben Bold', {}, { isAssigned: false })
    await world.user('Cy Calm', { accountEnabled: false })
    world.target.put(anAccount({ anchor: 'U-BEN', mail: 'BEN.bold@example.com' }))
    world.target.put(anAccount({ anchor: 'U-CY', mail: 'cy.calm@example.com', attributes: { active: false } }))
    world.target.put(anAccount({ anchor: 'U-GUEST', mail: 'guest@elsewhere.example' }))
    await world.run()
    world.target.forgetCalls()
    const before = world.target.objects('User')
    const lines = await read('discovery')
    expect(lines.at(-1)).toMatchObject({
      type: 'summary',
      summary: {
        accounts: 4,
        byClass: { local: 1, unassigned: 2, assigned: 1 },
        activeByClass: { local: 1, unassigned: 1, assigned: 1 },
        matching: [workEmail, 'userName'],
      },
    })
    const { rows } = await discovered()
    const found = new Map(rows.map((row) => [row.email, row]))
    expect(found.get('ana.able@example.com')).toMatchObject({ accountClass: 'assigned', isLinked: true })
    expect([...found.values()].find((row) => row.targetAnchor === 'U-BEN')).toMatchObject({
      accountClass: 'unassigned',
      sourceDisplayName: 'Ben Bold',
      isLinked: false,
      why: expect.stringContaining('not assigned') as string,
    })
    expect(found.get('cy.calm@example.com')).toMatchObject({
      accountClass: 'unassigned',
      isActive: false,
      why: expect.stringContaining('accountEnabled is false') as string,
    })
    expect(found.get('guest@elsewhere.example')).toMatchObject({
      accountClass: 'local',
      sourceAnchor: null,
      why: 'Nobody in the directory matches it.',
    })
    expect(world.sent()).toEqual([])
    expect(world.target.objects('User')).toEqual(before)
  })

  test('what was read is searched and paged without reading again, and kept until the next reading', async () => {
    expect(await get('discovery')).toMatchObject({
      status: 404,
      json: { error: { message: expect.stringContaining('muster discover') as string } },
    })
    for (const number of [1, 2, 3, 4, 5])
      world.target.put(anAccount({ anchor: `U-${String(number)}`, mail: `guest${String(number)}@elsewhere.example` }))
    await read('discovery')
    world.target.put(anAccount({ anchor: 'U-6', mail: 'guest6@elsewhere.example' }))
    const pages = [await discovered('limit=2'), await discovered('limit=2&offset=2'), await discovered('offset=4')]
    expect(pages.map((page) => page.total)).toEqual([5, 5, 5])
    expect(pages.flatMap((page) => page.rows).map((row) => row.targetAnchor)).toEqual([
      'U-1',
      'U-2',
      'U-3',
      'U-4',
      'U-5',
    ])
    expect((await discovered('text=GUEST3')).rows.map((row) => row.targetAnchor)).toEqual(['U-3'])
    expect((await discovered('class=assigned')).total).toBe(0)
    await read('discovery')
    expect((await discovered()).total).toBe(6)
  })

  test('whoever could be matched by an account that is somebody else’s is named', async () => {
    await world.user('Ana Able', { mail: 'team@example.com' })
    await world.user('Ben Bold', { mail: 'team@example.com' }, { isAssigned: false })
    world.target.put(anAccount({ anchor: 'U-TEAM', mail: 'team@example.com' }))
    await read('discovery')
    expect((await discovered()).rows[0]).toMatchObject({
      accountClass: 'assigned',
      sourceDisplayName: 'Ana Able',
      why: expect.stringContaining('1 more of the directory') as string,
    })
  })

  test('a reading that breaks off says so, and the last one stays', async () => {
    world.target.put(anAccount({ anchor: 'U-1' }))
    await read('discovery')
    const { ports } = world
    await app.close()
    app = await createApi(
      apiPorts({
        ...ports,
        connect: (job) => ({
          ...ports.connect(job),
          target: {
            ...world.target,
            listObjects: async function* () {
              await Promise.resolve()
              throw new Error('Slack hung up.')
            },
          },
        }),
      }),
    )
    expect((await read('discovery')).at(-1)).toEqual({ type: 'error', message: 'Slack hung up.' })
    expect((await get('discovery')).status).toBe(404)
  })
})

describe('6.2: drift', () => {
  test('nothing drifts after a cycle', async () => {
    const ana = await world.user('Ana Able')
    const ben = await world.user('Ben Bold', { manager: ana, department: 'Deck' })
    await world.assign(await world.group('Crew', [ana, ben]))
    const gone = await world.user('Cy Calm')
    await world.run()
    await world.unassign(gone)
    await world.run()
    expect(await drift()).toMatchObject({ compared: 4, drifted: 0, notJudged: 0, clusters: [], rows: [] })
  })

  test('what somebody changed in the target is told apart from what is still to be written', async () => {
    const ana = await world.user('Ana Able', { jobTitle: 'Captain', department: 'Deck' })
    const ben = await world.user('Ben Bold', { manager: ana })
    const cy = await world.user('Cy Calm')
    const dee = await world.user('Dee Deft')
    const eve = await world.user('Eve East')
    const crew = await world.group('Crew', [ana, ben])
    await world.assign(crew)
    await world.run()
    const link = { ana: await linkOf('User', ana), ben: await linkOf('User', ben), eve: await linkOf('User', eve) }
    byHand(link.ana, { title: 'Admiral' })
    byHand(link.ben, { [managerAttribute]: link.eve.targetAnchor, active: false })
    world.target.remove('User', (await linkOf('User', cy)).targetAnchor)
    byHand(await linkOf('Group', crew), { members: [link.ben.targetAnchor, link.eve.targetAnchor] })
    await world.change(ana, { department: 'Bridge' })
    await world.unassign(dee)
    world.target.forgetCalls()
    const page = await drift()
    expect(page).toMatchObject({ compared: 6, drifted: 5, notJudged: 0 })
    expect(page.rows.map(brief).sort()).toEqual(
      [
        ['missing', cy, null, null, null],
        ['changedInTarget', ana, 'title', 'Captain', 'Admiral'],
        ['changedInTarget', ben, managerAttribute, link.ana.targetAnchor, link.eve.targetAnchor],
        ['disabledInTarget', ben, 'active', 'True', 'False'],
        ['missingMember', crew, 'members', 'Ana Able', null],
        ['extraMember', crew, 'members', null, 'Eve East'],
        ['notWritten', ana, departmentAttribute, 'Bridge', 'Deck'],
        ['notWritten', dee, 'active', 'False', 'True'],
      ].sort(),
    )
    // What somebody changed comes first.
    expect(page.clusters.map((cluster) => cluster.kind)).toEqual(
      expect.arrayContaining(['missing', 'changedInTarget', 'notWritten']),
    )
    expect(page.clusters[0]?.kind).toBe('missing')
    expect(world.sent()).toEqual([])
    expect((await get('drift?kind=notWritten')).json).toMatchObject({ total: 2 })
    expect((await get('drift?text=admiral')).json).toMatchObject({ total: 1 })
  })

  test('who was disabled and is active again by hand is named', async () => {
    const ana = await world.user('Ana Able')
    await world.run()
    await world.unassign(ana)
    await world.run()
    byHand(await linkOf('User', ana), { active: true })
    expect((await drift()).rows.map(brief)).toEqual([['activeInTarget', ana, 'active', 'False', 'True']])
  })

  test('who cannot be judged is counted, not called drifted', async () => {
    const ana = await world.user('Ana Able')
    await world.run()
    await world.store.directory.transaction((transaction) =>
      transaction.putObjects([
        { objectId: ana, objectType: 'Group', presence: 'present', deletedAt: null, attributes: { displayName: 'x' } },
      ]),
    )
    expect(await drift()).toMatchObject({ compared: 1, drifted: 0, notJudged: 1 })
  })

  test('exactly what was changed by hand is found, whatever it is', async () => {
    const attributes = ['title', departmentAttribute, 'name.givenName'] as const
    await end()
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.record({ person: fc.nat({ max: 4 }), attribute: fc.constantFrom(...attributes) }), {
          selector: ({ person, attribute }) => `${String(person)} ${attribute}`,
          maxLength: 8,
        }),
        async (edits) => {
          await begin()
          const ids: string[] = []
          for (const name of ['Ana Able', 'Ben Bold', 'Cy Calm', 'Dee Deft', 'Eve East'])
            ids.push(await world.user(name, { jobTitle: 'Mate', department: 'Deck' }))
          await world.run()
          for (const { person, attribute } of edits)
            byHand(await linkOf('User', ids[person] ?? ''), { [attribute]: 'by hand' })
          const page = await drift()
          expect(
            page.rows.map((row) => `${row.kind} ${row.sourceAnchor} ${row.attribute ?? ''} ${row.found ?? ''}`).sort(),
          ).toEqual(
            edits.map(({ person, attribute }) => `changedInTarget ${ids[person] ?? ''} ${attribute} by hand`).sort(),
          )
          expect(page.drifted).toBe(new Set(edits.map((edit) => edit.person)).size)
          await end()
        },
      ),
      { numRuns: 20, seed: testSeed },
    )
    await begin()
  })
})
