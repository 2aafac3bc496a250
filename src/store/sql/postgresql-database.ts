/*
 * PostgreSQL through pg: one pool of connections for transactions, one for reads, so that a read inside a transaction never
 * waits for transactions that wait for this one. Statements are prepared by name; batches go as arrays, one a column.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Compilable } from 'kysely'
import pg from 'pg'
import { postgresqlDialect } from './dialect.ts'
import { refuseEndedTransaction, refuseNestedTransaction, type Database, type Session } from './session.ts'
import { shapeOf, type TableName } from './tables.ts'

/** Together well below the 100 that PostgreSQL allows by default, with several processes in mind. */
const connectionsMax = { writing: 6, reading: 10 }
const connectTimeoutMs = 10_000

/** Rows in one statement: beyond, building the arrays costs more memory than the statement saves time. */
const rowsAtOnce = 1_000

export interface PostgresqlDatabase extends Database {
  /** For migrations and checks at start, before anybody else uses the database. */
  withConnection<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>
}

type Rows = readonly Readonly<Record<string, unknown>>[]

export function connectPostgresql(config: pg.PoolConfig): PostgresqlDatabase {
  const createPool = (max: number): pg.Pool => {
    const pool = new pg.Pool({
      application_name: 'muster',
      max,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      ...config,
      types: { getTypeParser },
      onConnect: keepJoinOrder,
    })
    // A connection that breaks while nobody uses it is replaced by the pool; whoever needs the server next meets the error.
    pool.on('error', () => undefined)
    return pool
  }
  const writing = createPool(connectionsMax.writing)
  const reading = createPool(connectionsMax.reading)
  const nameOf = createStatementNames()
  const within = new AsyncLocalStorage<{ isOpen: boolean }>()
  let closing: Promise<void> | undefined

  async function withConnection<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    const client = await writing.connect()
    let broken: Error | undefined
    const onError = (error: Error): void => {
      broken = error
    }
    client.on('error', onError)
    try {
      return await work(client)
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  return {
    dialect: postgresqlDialect,
    withConnection,
    committed: createSession((text, values) => reading.query(prepared(text, values))),
    transaction: (work) => {
      if (within.getStore()?.isOpen === true) refuseNestedTransaction()
      return withConnection(async (client) => {
        await client.query('begin')
        const open = { isOpen: true }
        const session = createSession((text, values) => {
          if (!open.isOpen) refuseEndedTransaction()
          return client.query(prepared(text, values))
        })
        try {
          const result = await within.run(open, () => work(session))
          open.isOpen = false
          await client.query('commit')
          return result
        } catch (error) {
          open.isOpen = false
          await undo(client)
          throw error
        }
      })
    },
    close: () => (closing ??= Promise.all([writing.end(), reading.end()]).then(() => undefined)),
  }

  function prepared(text: string, values: readonly unknown[]): pg.QueryConfig {
    return { name: nameOf(text), text, values: [...values] }
  }
}

/** A connection that is gone has undone everything by itself; the error that matters is the one before. */
async function undo(client: pg.ClientBase): Promise<void> {
  await client.query('rollback').catch(() => undefined)
}

/**
 * Joins are done in the order they are written, as `cross join` does it in SQLite: right after a large import the server has
 * no statistics yet, and was seen to begin at the wrong end and take minutes. The pool waits for it, though its type does not
 * say so.
 */
function keepJoinOrder(client: pg.ClientBase): unknown {
  return client.query('set join_collapse_limit = 1')
}

/** The store's numbers (positions, counts, instants, sums of them) stay below 2^53; pg would give them as text. */
const numberTypes: readonly number[] = [pg.types.builtins.INT8, pg.types.builtins.NUMERIC]

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: never) => unknown {
  if (numberTypes.includes(oid)) return Number
  return pg.types.getTypeParser(oid, format) as (value: never) => unknown
}

function createStatementNames(): (text: string) => string {
  const names = new Map<string, string>()
  return (text) => {
    const known = names.get(text)
    if (known !== undefined) return known
    const name = `muster_${String(names.size)}`
    names.set(text, name)
    return name
  }
}

function createSession(query: (text: string, values: readonly unknown[]) => Promise<pg.QueryResult>): Session {
  const batch = async (text: string, columns: readonly string[], key: readonly string[], rows: Rows): Promise<void> => {
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const some = lastOfEachKey(rows.slice(from, from + rowsAtOnce), key)
      await query(
        text,
        columns.map((name) => some.map((row) => row[name])),
      )
    }
  }
  return {
    dialect: postgresqlDialect,
    all: async <R>(compilable: Compilable<R>) => {
      const { sql, parameters } = compilable.compile()
      return (await query(sql, parameters)).rows as R[]
    },
    run: async (compilable) => {
      const { sql, parameters } = compilable.compile()
      return (await query(sql, parameters)).rowCount ?? 0
    },
    put: (table, rows) =>
      batch(postgresqlDialect.putText(table), Object.keys(shapeOf(table).columns), keyOf(table), rows),
    remove: (table, keys) => batch(postgresqlDialect.removeText(table), keyOf(table), keyOf(table), keys),
    set: (table, column, rows) =>
      batch(postgresqlDialect.setText(table, column), [...keyOf(table), column], keyOf(table), rows),
  }
}

function keyOf(table: TableName): readonly string[] {
  return shapeOf(table).key
}

/** One statement may not touch a row twice. */
function lastOfEachKey(rows: Rows, key: readonly string[]): Rows {
  const last = new Map(rows.map((row) => [JSON.stringify(key.map((name) => row[name])), row]))
  return last.size === rows.length ? rows : [...last.values()]
}
