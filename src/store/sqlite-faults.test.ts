/* What only a file can suffer: processes killed while writing, several processes at once, files that cannot be a store. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aUser } from '../../test/builders/stored.ts'
import { openSqliteStore, StoreOpenError } from './index.ts'
import { explainFailure } from './open-sqlite.ts'
import { connectSqlite } from './sql/sqlite-database.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-store-'))
  file = join(folder, 'muster.db')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function start(script: string, ...args: readonly string[]) {
  const path = fileURLToPath(new URL(`../../test/store/${script}`, import.meta.url))
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function refusal(open: Promise<unknown>): Promise<string> {
  const error: unknown = await open.then(
    () => null,
    (failure: unknown) => failure,
  )
  expect(error).toBeInstanceOf(StoreOpenError)
  const { message } = error as StoreOpenError
  expect(message).not.toContain('\n')
  return message
}

/** Makes what it does fail for want of rights, also where the tests run as root. */
async function withoutRights<T>(act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return act()
  process.seteuid?.('nobody')
  try {
    return await act()
  } finally {
    process.seteuid?.(0)
  }
}

describe('durability', () => {
  it('every connection waits for the disk, keeps a log beside the file and checks foreign keys', async () => {
    const { writer, close } = await connectSqlite(file)
    const setting = (name: string): unknown => Object.values(writer.prepare(`pragma ${name}`).get() ?? {})[0]
    expect(setting('journal_mode')).toBe('wal')
    expect(setting('synchronous')).toBe(2)
    expect(setting('foreign_keys')).toBe(1)
    await close()
  })

  it('a process killed while writing loses nothing that was acknowledged, and leaves no half of a batch', async () => {
    let acknowledged = -1
    for (const linesToWaitFor of [1, 20, 3, 70]) {
      const writer = start('write-outcomes.ts', file, String(acknowledged + 2))
      const ended = once(writer, 'exit')
      let lines = 0
      for await (const line of createInterface(writer.stdout)) {
        acknowledged = Number(line)
        lines += 1
        if (lines === linesToWaitFor) writer.kill('SIGKILL')
      }
      expect(await ended).toEqual([null, 'SIGKILL'])
      expect(lines).toBeGreaterThanOrEqual(linesToWaitFor)

      const store = await openSqliteStore({ file, exclusive: true })
      const { entries } = await store.provisioning.queryLog({ limit: 10_000 })
      const ids = new Set(entries.map((entry) => entry.id))
      const links = await store.provisioning.linksBySource('job', 'User', [...ids])
      expect([...links.keys()].toSorted()).toEqual([...ids].toSorted())
      for (const id of ids) expect(ids.has(id.endsWith('a') ? id.replace('a', 'b') : id.replace('b', 'a'))).toBe(true)
      expect(ids.has(`${String(acknowledged)}-a`)).toBe(true)
      await store.close()
    }
    const store = await openSqliteStore({ file })
    const { entries } = await store.provisioning.queryLog({ limit: 10_000 })
    expect(entries.length / 2).toBeGreaterThanOrEqual(94)
    await store.close()
  })
})

describe('several processes', () => {
  it('that open an empty place at once all find it ready', async () => {
    const codes = await Promise.all(
      ['1', '2', '3', '4'].map(async (number) => {
        const opener = start('open-once.ts', join(folder, 'new', 'muster.db'), number)
        return (await once(opener, 'exit'))[0] as number | null
      }),
    )
    expect(codes).toEqual([0, 0, 0, 0])
    const store = await openSqliteStore({ file: join(folder, 'new', 'muster.db') })
    for (const number of ['1', '2', '3', '4']) expect(await store.getValue(`opened-${number}`)).toBe(number)
    await store.close()
  })

  it('an exclusive store cannot be opened exclusively a second time, until it is closed', async () => {
    const store = await openSqliteStore({ file, exclusive: true })
    expect(await refusal(openSqliteStore({ file, exclusive: true }))).toContain('another Muster has it open')
    await store.close()
    await (await openSqliteStore({ file, exclusive: true })).close()
  })

  it('one that writes makes another wait without stopping it', async () => {
    const store = await openSqliteStore({ file })
    const other = new DatabaseSync(file)
    other.exec('begin immediate')
    let isDone = false
    const writing = store.directory
      .transaction((transaction) => transaction.putObjects([aUser('a')]))
      .then(() => (isDone = true))
    for (let turn = 0; turn < 20; turn += 1) await nextTurn()
    expect(isDone).toBe(false)
    expect(await store.directory.objects(['a'])).toEqual([])
    other.exec('commit')
    other.close()
    await writing
    expect(await store.directory.objects(['a'])).toHaveLength(1)
    await store.close()
  })
})

describe('a place that cannot be a store is refused in one clear line', () => {
  it('a folder without the right to write', async () => {
    chmodSync(folder, 0o555)
    const inside = join(folder, 'data', 'muster.db')
    const message = await withoutRights(() => refusal(openSqliteStore({ file: inside })))
    expect(message).toBe(
      `Cannot open the store in ${inside}: the folder ${join(folder, 'data')} cannot be written (EACCES). ` +
        'Muster keeps everything it remembers there and does not start without it. ' +
        'Let the account that runs Muster write to this folder, or name another one.',
    )
    expect(await withoutRights(() => refusal(openSqliteStore({ file })))).toContain(
      `the folder ${folder} cannot be written`,
    )
  })

  it('a folder that takes no folders', async () => {
    expect(await refusal(openSqliteStore({ file: '/proc/muster/data/muster.db' }))).toContain('cannot be written')
  })

  it('a file without the right to write', async () => {
    await (await openSqliteStore({ file })).close()
    // Open to all, so that the file alone is the obstacle.
    chmodSync(folder, 0o777)
    chmodSync(file, 0o444)
    expect(await withoutRights(() => refusal(openSqliteStore({ file })))).toContain('can be read but not written')
  })

  it('a folder in place of the file, a file in place of the folder', async () => {
    mkdirSync(file)
    expect(await refusal(openSqliteStore({ file }))).toContain('it is a folder, not a file')
    const plain = join(folder, 'plain')
    writeFileSync(plain, '')
    expect(await refusal(openSqliteStore({ file: join(plain, 'muster.db') }))).toContain(
      `${plain} cannot be a folder, because a file is in its place`,
    )
    expect(await refusal(openSqliteStore({ file: join(plain, 'deep', 'muster.db') }))).toContain('cannot be a folder')
  })

  it('a file that is not a database', async () => {
    writeFileSync(file, 'userName,displayName\n'.repeat(500))
    expect(await refusal(openSqliteStore({ file }))).toContain('not a SQLite database')
    expect(readFileSync(file, 'utf8')).toContain('userName')
  })

  it('a damaged database', async () => {
    await (await openSqliteStore({ file })).close()
    const bytes = readFileSync(file)
    bytes.fill(0x5a, 100, 4096)
    writeFileSync(file, bytes)
    expect(await refusal(openSqliteStore({ file }))).toContain('the file is damaged')
  })

  it('the database of another program, which is left as it was', async () => {
    const foreign = new DatabaseSync(file)
    foreign.exec('create table songs (title text)')
    foreign.close()
    expect(await refusal(openSqliteStore({ file }))).toContain('the database of another program')
    const after = new DatabaseSync(file)
    expect(after.prepare('select name from sqlite_schema').all()).toEqual([{ name: 'songs' }])
    after.close()
  })

  it('tables of a newer Muster', async () => {
    await (await openSqliteStore({ file })).close()
    const newer = new DatabaseSync(file)
    newer.exec(`insert into muster_migration (number, name, applied_at) values (9999, '9999-later.sql', 0)`)
    newer.close()
    const message = await refusal(openSqliteStore({ file }))
    expect(message).toContain('written by a newer Muster (version 9999 of its tables')
    expect(message).toContain('Start the newer Muster')
  })

  it('a full disk', () => {
    const small = new DatabaseSync(file)
    small.exec('pragma max_page_count = 2; create table t (a text)')
    let failure: unknown
    try {
      small.exec(`insert into t values ('${'x'.repeat(20_000)}')`)
    } catch (error) {
      failure = error
    }
    small.close()
    const explained = explainFailure(file, failure)
    expect(explained).toBeInstanceOf(StoreOpenError)
    expect((explained as StoreOpenError).message).toContain('the disk is full')
    const fromSystem = explainFailure(file, Object.assign(new Error('no space'), { code: 'ENOSPC' }))
    expect((fromSystem as StoreOpenError).message).toContain('the disk is full')
  })

  it('what is no failure of the place is passed on as it is', () => {
    const fault = new TypeError('a fault of the program')
    expect(explainFailure(file, fault)).toBe(fault)
  })
})
