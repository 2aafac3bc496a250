/* What only a server can do to the store: refuse it, be unfit for it, break off, be asked by several processes at once. */
import { createServer } from 'node:net'
import { once } from 'node:events'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aUser } from '../../test/builders/stored.ts'
import { createDatabase } from '../../test/postgresql/databases.ts'
import { openPostgresqlStore, StoreOpenError } from './index.ts'

let url: string
let admin: pg.Client

beforeAll(async () => {
  url = await createDatabase('tables')
  admin = new pg.Client({ connectionString: url })
  await admin.connect()
})
afterAll(async () => {
  await admin.end()
})

const password = 'correct-horse'

async function refusal(at: string): Promise<string> {
  const error: unknown = await openPostgresqlStore({ url: at }).then(
    () => null,
    (failure: unknown) => failure,
  )
  expect(error).toBeInstanceOf(StoreOpenError)
  const { message, cause } = error as StoreOpenError
  expect(message).not.toContain('\n')
  expect(`${message} ${JSON.stringify(cause)} ${String(cause)}`).not.toContain(password)
  return message
}

function changed(change: (address: URL) => void): string {
  const address = new URL(url)
  change(address)
  return address.href
}

describe('a server that is no place for a store is refused in one clear line', () => {
  it('an address that cannot be read', async () => {
    expect(await refusal(`postgresql://muster:${password}@host:port/muster`)).toContain('its address cannot be read')
    expect(await refusal(`mysql://muster:${password}@host/muster`)).toContain('its address cannot be read')
  })

  it('nobody answers', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const address = probe.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    probe.close()
    await once(probe, 'close')
    expect(await refusal(`postgresql://muster:${password}@127.0.0.1:${port}/muster`)).toBe(
      `Cannot open the store in PostgreSQL at 127.0.0.1:${port}/muster as user "muster": nothing answers there (ECONNREFUSED). ` +
        'Muster keeps everything it remembers there and does not start without it. Start the server, or correct host and port.',
    )
  })

  it('somebody else answers', async () => {
    const stranger = createServer((socket) => socket.end('220 mail.example.org ESMTP\r\n')).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const address = stranger.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    expect(await refusal(`postgresql://muster:${password}@127.0.0.1:${port}/muster`)).toContain('could not be used')
    stranger.close()
  })

  it('a wrong password, a wrong database', async () => {
    expect(await refusal(changed((address) => (address.password = password)))).toContain(
      'the server refuses this user or password',
    )
    expect(await refusal(changed((address) => (address.pathname = '/nowhere')))).toContain('there is no such database')
  })

  it('a user who may not create tables', async () => {
    const empty = new URL(await createDatabase('empty'))
    await admin.query(`create role guest_${String(process.pid)} login password '${password}'`)
    empty.username = `guest_${String(process.pid)}`
    empty.password = password
    expect(await refusal(empty.href)).toContain('the user may not create tables there')
    await admin.query(`drop role guest_${String(process.pid)}`)
  })

  it('tables of another program, which are left alone', async () => {
    const at = await createDatabase('empty')
    const other = new pg.Client({ connectionString: at })
    await other.connect()
    await other.query('create table job (title text)')
    expect(await refusal(at)).toContain('tables of another program')
    const { rows } = await other.query(`select tablename from pg_tables where schemaname = 'public'`)
    expect(rows).toEqual([{ tablename: 'job' }])
    await other.end()
  })

  it('tables of a newer Muster', async () => {
    const at = await createDatabase('tables')
    const newer = new pg.Client({ connectionString: at })
    await newer.connect()
    await newer.query(`insert into muster_migration (number, name, applied_at) values (9999, '9999-later.sql', 0)`)
    await newer.end()
    expect(await refusal(at)).toContain('written by a newer Muster (version 9999 of its tables')
  })

  it('an encoding without a place for all names', async () => {
    const name = `latin_${String(process.pid)}`
    await admin.query(`create database ${name} template template0 encoding 'LATIN1' locale 'C'`)
    expect(await refusal(changed((address) => (address.pathname = `/${name}`)))).toContain('holds text as LATIN1')
    await admin.query(`drop database ${name} with (force)`)
  })
})

describe('several processes', () => {
  it('that open an empty database at once all find it ready', async () => {
    const at = await createDatabase('empty')
    const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresqlStore({ url: at })))
    await stores[0]?.setValue('tenant', 'one')
    for (const store of stores) {
      expect(await store.getValue('tenant')).toBe('one')
      await store.close()
    }
  })

  it('keys are in order of code points, whatever language the database sorts by', async () => {
    const { rows } = await admin.query(
      `select distinct collation_name from information_schema.columns
       where table_schema = 'public' and table_name <> 'muster_migration' and data_type = 'text'`,
    )
    expect(rows).toEqual([{ collation_name: 'C' }])
  })
})

describe('a busy or broken server', () => {
  it('a read inside a transaction does not wait for those that wait for the transaction', async () => {
    const store = await openPostgresqlStore({ url })
    await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        store.directory.transaction(async (transaction) => {
          await transaction.putObjects([aUser(`busy-${String(at)}`)])
          await store.jobs.list()
        }),
      ),
    )
    expect(await store.directory.presentIds('User')).toHaveLength(30)
    await store.close()
  })

  it('a connection lost inside a transaction undoes it, and the next one gets another', async () => {
    const store = await openPostgresqlStore({ url })
    const end = (state: string): Promise<unknown> =>
      admin.query(
        `select pg_terminate_backend(pid, 10000) from pg_stat_activity
         where application_name = 'muster' and datname = current_database() and state = '${state}'`,
      )
    const broken = store.directory.transaction(async (transaction) => {
      await transaction.putObjects([aUser('half')])
      await end('idle in transaction')
      await transaction.putObjects([aUser('other-half')])
    })
    await expect(broken).rejects.toThrow()
    await end('idle')
    await store.directory.transaction((transaction) => transaction.putObjects([aUser('whole')]))
    const found = await store.directory.objects(['half', 'other-half', 'whole'])
    expect(found.map((object) => object.objectId)).toEqual(['whole'])
    await store.close()
  })
})
