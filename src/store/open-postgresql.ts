/*
 * Opens the store in PostgreSQL: connects, refuses a server it cannot live with, brings the tables up to date. Decides which
 * failure means what to the person who starts Muster; the password is in no message.
 */
import { storeOpenError, StoreOpenError } from './open-error.ts'
import { migrate, shippedMigrations, type MigrationConnection } from './sql/migrate.ts'
import { connectPostgresql, type PostgresqlDatabase } from './sql/postgresql-database.ts'
import { createSqlStore } from './sql/sql-store.ts'
import type { Store } from './store.ts'

export interface PostgresqlStoreSettings {
  /** `postgresql://user:password@host:port/database`, with pg's parameters (`?sslmode=verify-full`). */
  readonly url: string
}

/** The oldest server the store is meant for: what is older leaves support in 2026. */
const oldestVersion = 15

/** Any number that no other program uses for its own lock. */
const migrationLock = 7_305_041

export async function openPostgresqlStore({ url }: PostgresqlStoreSettings): Promise<Store> {
  const place = placeOf(url)
  const database = connectPostgresql({ connectionString: url })
  try {
    await database.withConnection(async (client) => {
      await refuseUnfitServer(place, client)
      await migrate({
        connection: migrationConnection(client),
        dialect: database.dialect,
        migrations: shippedMigrations,
        place,
        now: Date.now(),
      })
    })
  } catch (error) {
    await database.close()
    throw explainFailure(place, error)
  }
  return createSqlStore(database)
}

type Connection = Parameters<Parameters<PostgresqlDatabase['withConnection']>[0]>[0]

function migrationConnection(client: Connection): MigrationConnection {
  return {
    begin: async () => {
      await client.query(`begin; select pg_advisory_xact_lock(${String(migrationLock)})`)
    },
    execute: async (text) => {
      await client.query(text)
    },
    // A connection that broke has undone everything by itself; the error that matters is the one before.
    undo: async () => {
      await client.query('rollback').catch(() => undefined)
    },
    appliedNumbers: async (text) =>
      (await client.query<{ readonly number: number }>(text)).rows.map((row) => row.number),
  }
}

async function refuseUnfitServer(place: string, client: Connection): Promise<void> {
  const { rows } = await client.query<{ readonly version: string; readonly encoding: string }>(
    `select current_setting('server_version') as version, current_setting('server_encoding') as encoding`,
  )
  const { version = '', encoding = '' } = rows[0] ?? {}
  if (Number.parseInt(version, 10) < oldestVersion) {
    throw storeOpenError(
      place,
      `the server is PostgreSQL ${version}, and Muster needs ${String(oldestVersion)} or newer`,
      'Upgrade the server or name another one.',
    )
  }
  if (encoding !== 'UTF8') {
    throw storeOpenError(
      place,
      `the database holds text as ${encoding}, which has no place for many names`,
      "Create a database with encoding UTF8: create database muster encoding 'UTF8' template template0.",
    )
  }
}

/** Host, port, database and user; never the password, and nothing at all of an address that cannot be read. */
function placeOf(url: string): string {
  const address = URL.canParse(url) ? new URL(url) : null
  if (address === null || !/^postgres(ql)?:$/.test(address.protocol)) {
    throw storeOpenError(
      'in PostgreSQL',
      'its address cannot be read',
      'Write it as postgresql://user:password@host:5432/database; special characters in user and password are percent-encoded.',
    )
  }
  const host = address.hostname === '' ? 'localhost' : address.hostname
  const port = address.port === '' ? '5432' : address.port
  const user = address.username === '' ? '' : ` as user "${address.username}"`
  return `in PostgreSQL at ${host}:${port}${address.pathname}${user}`
}

/** Answers what to throw: an explanation where the failure is known, otherwise the failure itself. */
function explainFailure(place: string, error: unknown): unknown {
  if (error instanceof StoreOpenError || !(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const explain = (found: string, whatToDo: string): StoreOpenError => storeOpenError(place, found, whatToDo, error)

  switch (code) {
    case 'ECONNREFUSED':
      return explain('nothing answers there (ECONNREFUSED)', 'Start the server, or correct host and port.')
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return explain(`the name of the host is not known (${code})`, 'Correct the host, or repair the name service.')
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ECONNRESET':
      return explain(`the server cannot be reached (${code})`, 'Check the network and the firewall between the two.')
    case '28P01':
    case '28000':
      return explain(
        'the server refuses this user or password',
        'Correct user and password, or pg_hba.conf on the server.',
      )
    case '3D000':
      return explain('there is no such database', 'Create it, or correct its name.')
    case '42501':
      return explain('the user may not create tables there', 'Give the user the right: grant create on schema public.')
    case '42P07':
      return explain(
        `the database holds tables of another program (${error.message})`,
        'Give Muster a database or a schema of its own.',
      )
    case '53300':
      return explain('the server has no connection left', 'Raise max_connections, or let other programs use fewer.')
    case '53100':
      return explain('the disk of the server is full', 'Make room on it and start again.')
    case '57P03':
      return explain('the server is starting up or shutting down', 'Wait until it is ready and start again.')
    case '25006':
      return explain('the server only reads (a standby)', 'Name the primary server.')
    default:
      // pg has no codes for what goes wrong before a session begins: a timeout, a refused or impossible TLS.
      return explain(`the server could not be used (${error.message})`, 'Check the address, and the log of the server.')
  }
}
