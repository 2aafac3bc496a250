import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore } from '../store/index.ts'
import type { Store } from '../store/store.ts'
import {
  importReading,
  NotWholeError,
  TooManyRemovalsError,
  type ImportOutcome,
  type ImportRequest,
} from './import-reading.ts'
import { readDirectoryFiles } from './files/index.ts'

let store: Store
beforeEach(async () => {
  store = await openSqliteStore({ file: ':memory:' })
})
afterEach(() => store.close())

const header = 'id,userPrincipalName,displayName,jobTitle,manager'
const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const row = (number: number, title = 'Mate', manager = ''): string =>
  `${id(number)},p${String(number)}@example.com,Person ${String(number)},${title},${manager}`
const csv = (rows: readonly string[], head = header): string => `${[head, ...rows].join('\r\n')}\r\n`

async function load(
  text: string,
  options: Partial<Omit<ImportRequest, 'reading'>> = {},
  name = 'users.csv',
): Promise<ImportOutcome> {
  const reading = await readDirectoryFiles([{ name, content: new TextEncoder().encode(text) }], { keepGoing: false })
  return await importReading(store.directory, {
    reading,
    full: false,
    now: 1_000,
    removalsMax: null,
    dryRun: false,
    ...options,
  })
}

const position = async (): Promise<number> => (await store.directory.changesWaiting(0)).newest
const changedSince = async (after: number): Promise<readonly string[]> =>
  (await store.directory.changesAfter(after, 100)).map((object) => object.objectId)
const people = (numbers: number): readonly string[] => Array.from({ length: numbers }, (_, index) => row(index + 1))

test('a second import is a change feed: only what changed is read again', async () => {
  await load(csv(people(3)))
  const before = await position()
  const outcome = await load(csv([row(1), row(2, 'Captain'), row(3)]))
  expect(outcome.users).toMatchObject({ created: 0, changed: 1, unchanged: 2 })
  expect(await changedSince(before)).toEqual([id(2)])
})

test('without --full nobody is removed, however short the file', async () => {
  await load(csv(people(30)))
  const outcome = await load(csv([row(1)]))
  expect(outcome.users.softDeleted).toBe(0)
  expect(await store.directory.presentIds('User')).toHaveLength(30)
})

test('with --full who is missing goes into the recycle bin, and comes back when named again', async () => {
  await load(csv(people(3)))
  const outcome = await load(csv([row(1), row(3)]), { full: true })
  expect(outcome.users.softDeleted).toBe(1)
  expect(outcome.softDeletedNames).toEqual(['Person 2'])
  expect((await store.directory.objects([id(2)]))[0]).toMatchObject({ presence: 'softDeleted', deletedAt: 1_000 })
  expect((await load(csv(people(3)), { full: true })).users.restored).toBe(1)
  expect((await store.directory.objects([id(2)]))[0]?.presence).toBe('present')
})

test('a full import that removes more than a fifth is refused whole, unless that many are allowed', async () => {
  await load(csv(people(100)))
  await expect(load(csv(people(70)), { full: true })).rejects.toThrow(TooManyRemovalsError)
  expect(await store.directory.presentIds('User')).toHaveLength(100)
  await expect(load(csv(people(70)), { full: true, removalsMax: 29 })).rejects.toThrow('--allow-removals 30')
  expect((await load(csv(people(70)), { full: true, removalsMax: 30 })).users.softDeleted).toBe(30)
})

test('a file that may be cut off never removes anybody', async () => {
  await load(csv(people(20)))
  const cut = csv(people(19)).slice(0, -2)
  await expect(load(cut, { full: true })).rejects.toThrow(NotWholeError)
  expect(await store.directory.presentIds('User')).toHaveLength(20)
})

test('a dry run says what would happen and stores nothing', async () => {
  await load(csv(people(3)))
  const before = await position()
  const outcome = await load(csv([row(1, 'Captain'), row(4)]), { full: true, dryRun: true })
  expect(outcome.users).toMatchObject({ created: 1, changed: 1, softDeleted: 2 })
  expect(await position()).toBe(before)
})

test('an empty cell removes a value, an absent column leaves it', async () => {
  await load(csv([row(1)]))
  await load(csv([`${id(1)},p1@example.com,Person 1`], 'id,userPrincipalName,displayName'))
  expect((await store.directory.objects([id(1)]))[0]?.attributes['jobTitle']).toBe('Mate')
  await load(csv([row(1, '')]))
  expect((await store.directory.objects([id(1)]))[0]?.attributes['jobTitle']).toBeUndefined()
})

test('somebody first imported without an object id stays one person when a later file has it', async () => {
  await load(
    csv(['p1@example.com,Person 1,Mate', 'p2@example.com,Person 2,Mate'], 'userPrincipalName,displayName,jobTitle'),
  )
  const outcome = await load(csv([row(1, 'Captain'), row(2, 'Mate', 'p1@example.com')]))
  expect(outcome.users).toMatchObject({ created: 0, changed: 2 })
  const ids = await store.directory.presentIds('User')
  expect(ids).toHaveLength(2)
  const rows = await store.directory.objects(ids)
  const first = rows.find((each) => each.attributes['displayName'] === 'Person 1')
  const second = rows.find((each) => each.attributes['displayName'] === 'Person 2')
  expect(second?.attributes['manager']).toBe(first?.objectId)
})

test('managers enter the feed before those they manage', async () => {
  await load(csv([row(1, 'Mate', id(2)), row(2, 'Mate', id(3)), row(3)]))
  expect(await changedSince(0)).toEqual([id(3), id(2), id(1)])
})

test('a member list that is whole takes out who is missing, and both sides are read again', async () => {
  await load(csv(people(3)))
  await load(csv([`${id(9)},Crew,true`], 'id,displayName,securityEnabled'), {}, 'groups.csv')
  const members = (numbers: readonly number[]): string =>
    csv(
      numbers.map((number) => `${id(number)},p${String(number)}@example.com,Person ${String(number)},user`),
      'id,userPrincipalName,displayName,objectType',
    )
  expect(await load(members([1, 2]), {}, 'members-Crew.csv')).toMatchObject({ membersAdded: 2, membersRemoved: 0 })
  const before = await position()
  expect(await load(members([2, 3]), {}, 'members-Crew.csv')).toMatchObject({ membersAdded: 1, membersRemoved: 1 })
  expect(new Set(await changedSince(before))).toEqual(new Set([id(1), id(3), id(9)]))
  expect((await store.directory.members([id(9)])).get(id(9))).toEqual([id(2), id(3)])
})

test('a group that becomes a security group, or is none any more, concerns its members (spec 3.1)', async () => {
  const group = '00000000-0000-4000-8000-00000000000a'
  const asGroup = (isSecure: boolean): string =>
    `id,displayName,groupType,securityEnabled\r\n${group},Crew,,${isSecure ? 'True' : 'False'}\r\n`
  await load(csv(people(2)))
  await load(asGroup(true), {}, 'groups.csv')
  await load(`id,userPrincipalName\r\n${id(1)},p1@example.com\r\n`, {}, 'members-Crew.csv')
  for (const isSecure of [false, true]) {
    const before = await position()
    await load(asGroup(isSecure), {}, 'groups.csv')
    expect((await changedSince(before)).toSorted()).toEqual([id(1), group].toSorted())
  }
  const before = await position()
  await load(asGroup(true), {}, 'groups.csv')
  expect(await changedSince(before)).toEqual([])
})
