import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assign, unassign } from '../../directory/index.ts'
import { openSqliteStore } from '../../store/index.ts'
import type { DirectoryObject, Store } from '../../store/store.ts'
import { ConnectorError, type SourceAttributes, type SourceObject } from '../../vocabulary/index.ts'
import type { ChangePage, SourceConnector } from '../source.ts'
import { createDirectorySource, plainUserPrincipalName } from './index.ts'

const servicePrincipalId = 'slack'
let store: Store
let source: SourceConnector

beforeEach(async () => {
  store = await openSqliteStore({ file: ':memory:' })
  source = createDirectorySource({ directory: store.directory, servicePrincipalId })
})
afterEach(() => store.close())

async function put(objectId: string, attributes: SourceAttributes = {}, more: Partial<DirectoryObject> = {}) {
  const object = { objectId, objectType: 'User', presence: 'present', deletedAt: null, attributes, ...more } as const
  await store.directory.transaction((transaction) => transaction.putObjects([object]))
}
async function putGroup(objectId: string, members: readonly string[], displayName = objectId) {
  await put(objectId, { displayName, securityEnabled: true }, { objectType: 'Group' })
  await store.directory.transaction((transaction) => transaction.replaceMembers(objectId, members))
}
async function principal(objectId: string): Promise<DirectoryObject> {
  const [found] = await store.directory.objects([objectId])
  if (found === undefined) throw new Error(`no ${objectId}`)
  return found
}
async function pages(watermark: string | null, pageSize = 100): Promise<readonly ChangePage[]> {
  const read: ChangePage[] = []
  for await (const page of source.readChanges({ watermark, pageSize })) read.push(page)
  return read
}
async function changes(watermark: string | null): Promise<readonly SourceObject[]> {
  return (await pages(watermark)).flatMap((page) => page.objects)
}
const anchors = (objects: readonly SourceObject[]) => objects.map((object) => object.anchor)
const newest = async (): Promise<string> => (await pages(null)).at(-1)?.watermark ?? ''

describe('the change feed', () => {
  test('an empty directory gives one empty page with a watermark to go on from', async () => {
    expect(await pages(null)).toEqual([{ objects: [], watermark: '0', isLast: true, objectsKnown: 0 }])
  })

  test('everything comes once, in pages, in the order of change', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await put(id)
    const read = await pages(null, 2)
    expect(read.map((page) => anchors(page.objects))).toEqual([['a', 'b'], ['c', 'd'], ['e']])
    expect(read.map((page) => page.isLast)).toEqual([false, false, true])
    expect(read.map((page) => page.objectsKnown)).toEqual([5, 5, 5])
  })

  test('a full last page is followed by an empty one that says so', async () => {
    for (const id of ['a', 'b']) await put(id)
    expect((await pages(null, 2)).map((page) => [page.objects.length, page.isLast])).toEqual([
      [2, false],
      [0, true],
    ])
  })

  test('from the watermark of any page on, everything later comes, and nothing of before', async () => {
    for (const id of ['a', 'b', 'c']) await put(id)
    const [first] = await pages(null, 1)
    expect(anchors(await changes(first?.watermark ?? ''))).toEqual(['b', 'c'])
    const end = await newest()
    expect(await source.newestWatermark()).toBe(end)
    expect(await changes(end)).toEqual([])
    await put('a', { jobTitle: 'Captain' })
    expect(anchors(await changes(end))).toEqual(['a'])
    const changed = ['a', 'b', 'nobody'].map((id) => source.hasChangedSince(end, 'User', id))
    expect(await Promise.all(changed)).toEqual([true, false, false])
  })

  test('what changes while the feed is read is not lost', async () => {
    for (const id of ['a', 'b', 'c']) await put(id)
    const seen: string[] = []
    for await (const page of source.readChanges({ watermark: null, pageSize: 1 })) {
      seen.push(...anchors(page.objects))
      if (seen.length === 1) await put('a', { jobTitle: 'Captain' })
    }
    expect(seen).toEqual(['a', 'b', 'c', 'a'])
  })

  test('soft-deleted people are there with their attributes, those deleted for good as what they are', async () => {
    await put('a', { displayName: 'Ana' }, { presence: 'softDeleted', deletedAt: 1 })
    await put('b', {}, { presence: 'hardDeleted', deletedAt: 1 })
    expect((await changes(null)).map((object) => [object.anchor, object.presence, object.attributes])).toEqual([
      ['a', 'softDeleted', { displayName: 'Ana' }],
      ['b', 'hardDeleted', {}],
    ])
  })

  test.each(['', '-1', '1.5', 'yesterday'])(
    'a watermark that is none ("%s") is refused for the whole job',
    async (no) => {
      const error: unknown = await pages(no === '' ? ' x' : no).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ConnectorError)
      expect(error).toMatchObject({ scope: 'job', retry: 'never' })
    },
  )

  test('assigning, unassigning and membership of an assigned group count as changes of the people', async () => {
    await put('a')
    await put('b')
    await putGroup('g', ['b'])
    let from = await newest()
    await assign(store.directory, { servicePrincipalId, principal: await principal('a'), assignmentId: '1' })
    expect(anchors(await changes(from))).toEqual(['a'])
    from = await newest()
    await assign(store.directory, { servicePrincipalId, principal: await principal('g'), assignmentId: '2' })
    expect(anchors(await changes(from)).sort()).toEqual(['b', 'g'])
    from = await newest()
    await unassign(store.directory, servicePrincipalId, await principal('g'))
    expect(anchors(await changes(from)).sort()).toEqual(['b', 'g'])
    from = await newest()
    // Assigned already: nothing has changed.
    await assign(store.directory, { servicePrincipalId, principal: await principal('a'), assignmentId: '3' })
    expect(await changes(from)).toEqual([])
  })
})

describe('an object', () => {
  test('is complete: members of groups, and every path of assignment with its role', async () => {
    await put('a', { displayName: 'Ana', manager: 'b' })
    await putGroup('g', ['a', 'z'], 'Crew')
    const role = { appRoleId: 'r1', appRoleDisplayName: 'User', appRoleValue: 'user' }
    await assign(store.directory, { servicePrincipalId, principal: await principal('g'), assignmentId: '1', ...role })
    await assign(store.directory, { servicePrincipalId, principal: await principal('a'), assignmentId: '2' })
    await assign(store.directory, {
      servicePrincipalId: 'another application',
      principal: await principal('a'),
      assignmentId: '3',
    })
    const [ana] = await source.readObjects('User', ['a'])
    expect(ana?.attributes['manager']).toBe('b')
    expect(ana?.assignments).toHaveLength(2)
    expect(ana?.assignments).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'direct', appRoleDisplayName: 'Default Access' }),
        { kind: 'group', groupId: 'g', groupDisplayName: 'Crew', ...role },
      ]),
    )
    expect((await source.readObject('Group', 'g'))?.attributes['members']).toEqual(['a', 'z'])
  })

  test('is found by its type only, and not after it was deleted for good', async () => {
    await put('a')
    await put('b', {}, { presence: 'softDeleted', deletedAt: 1 })
    await put('c', {}, { presence: 'hardDeleted', deletedAt: 1 })
    expect(await source.readObject('Group', 'a')).toBeNull()
    expect((await source.readObject('User', 'b'))?.presence).toBe('softDeleted')
    expect(await source.readObject('User', 'c')).toBeNull()
    const objects = await source.readObjects('User', ['a', 'nobody', 'c', 'b'])
    expect(objects.map((object) => `${object.anchor} ${object.presence}`).sort()).toEqual([
      'a present',
      'b softDeleted',
      'c hardDeleted',
    ])
  })

  test('a path through a group in the recycle bin does not count', async () => {
    await put('a')
    await putGroup('g', ['a'])
    await assign(store.directory, { servicePrincipalId, principal: await principal('g'), assignmentId: '1' })
    await put('g', {}, { objectType: 'Group', presence: 'softDeleted', deletedAt: 1 })
    expect((await source.readObject('User', 'a'))?.assignments).toEqual([])
  })

  test('only security groups count when they are assigned (spec 3.1)', async () => {
    await put('a')
    await putGroup('g', ['a'])
    await assign(store.directory, { servicePrincipalId, principal: await principal('g'), assignmentId: '1' })
    const pathsOf = async () => [
      (await source.readObject('User', 'a'))?.assignments.length,
      (await source.readObject('Group', 'g'))?.assignments.length,
    ]
    expect(await pathsOf()).toEqual([1, 1])
    await put('g', { displayName: 'g', securityEnabled: false }, { objectType: 'Group' })
    expect(await pathsOf()).toEqual([0, 0])
    // A directory that knows no such flag has no others.
    await put('g', { displayName: 'g' }, { objectType: 'Group' })
    expect(await pathsOf()).toEqual([1, 1])
  })

  test('the newest watermark is the one after the last page', async () => {
    expect(await source.newestWatermark()).toBe('0')
    for (const id of ['a', 'b']) await put(id)
    expect(await source.newestWatermark()).toBe(await newest())
    await put('a', { jobTitle: 'Captain' })
    expect(await source.newestWatermark()).not.toBe('2')
    expect(await changes(await source.newestWatermark())).toEqual([])
  })

  test('a guest has the plain address, and the raw one beside it (spec 3.5)', async () => {
    const raw = 'ana_able_partner.example#EXT#@home.example'
    await put('a', { userPrincipalName: raw })
    expect((await source.readObject('User', 'a'))?.attributes).toEqual({
      userPrincipalName: 'ana_able@partner.example',
      originalUserPrincipalName: raw,
    })
  })
})

test.each([
  ['ana@home.example', 'ana@home.example'],
  ['ana_partner.example#EXT#@home.example', 'ana@partner.example'],
  ['ana_b_partner.example#ext#@home.example', 'ana_b@partner.example'],
  ['ana#EXT#@home.example', 'ana'],
])('the plain form of %s is %s', (raw, plain) => {
  expect(plainUserPrincipalName(raw)).toBe(plain)
})
