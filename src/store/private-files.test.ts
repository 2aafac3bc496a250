/* Personal data is for the owner of the store alone, also where it was open to others before. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore } from './open-sqlite.ts'

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'muster-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

function modesIn(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(join(folder, name))]))
}

test('a new store, its write-ahead log and its folder are for the owner alone', async () => {
  const data = join(place, 'data')
  const store = await openSqliteStore({ file: join(data, 'muster.sqlite'), exclusive: true })
  expect(modeOf(data)).toBe('700')
  const modes = modesIn(data)
  expect(Object.keys(modes)).toEqual(expect.arrayContaining(['muster.sqlite', 'muster.sqlite-wal']))
  expect(new Set(Object.values(modes))).toEqual(new Set(['600']))
  await store.close()
})

test('a store that was open to others is closed to them at the next start', async () => {
  const data = join(place, 'data')
  mkdirSync(data)
  const file = join(data, 'muster.sqlite')
  await (await openSqliteStore({ file })).close()
  for (const name of readdirSync(data)) chmodSync(join(data, name), 0o644)
  chmodSync(data, 0o755)
  const store = await openSqliteStore({ file })
  expect(modeOf(data)).toBe('700')
  expect(new Set(Object.values(modesIn(data)))).toEqual(new Set(['600']))
  await store.close()
})

test('a folder that holds what is not of Muster keeps its rights', async () => {
  chmodSync(place, 0o755)
  writeFileSync(join(place, 'other.txt'), '', { mode: 0o644 })
  const file = join(place, 'muster.sqlite')
  await (await openSqliteStore({ file })).close()
  await (await openSqliteStore({ file })).close()
  expect(modeOf(place)).toBe('755')
  expect(modesIn(place)).toMatchObject({ 'other.txt': '644', 'muster.sqlite': '600' })
})
