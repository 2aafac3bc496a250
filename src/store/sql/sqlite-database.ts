/*
 * SQLite through node:sqlite: one connection writes, its transactions one after the other; a second one reads, so that a
 * read outside a transaction never sees what is not committed. In memory there is one connection, and reads take turns.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Compilable } from 'kysely'
import { sqliteDialect } from './dialect.ts'
import { refuseEndedTransaction, refuseNestedTransaction, type Database, type Session } from './session.ts'
import { shapeOf, type TableName } from './tables.ts'

/** How long a statement waits for another process that writes to the same file. */
const busyTimeoutMs = 5_000

/** Kept in memory of the file: tables of a large company are written at random places. */
const writerCacheKiB = 16_384

type Input = Readonly<Record<string, unknown>>

export interface SqliteDatabase extends Database {
  /** For migrations, before anybody else uses the database. */
  readonly writer: DatabaseSync
}

export function connectSqlite(file: string): SqliteDatabase {
  const inMemory = file === ':memory:'
  const writer = openConnection(file)
  let reader = writer
  try {
    writer.exec(
      `pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 8000; pragma cache_size = -${String(writerCacheKiB)}`,
    )
    if (!inMemory) {
      reader = openConnection(file)
      reader.exec('pragma query_only = on')
    }
  } catch (error) {
    writer.close()
    throw error
  }
  const writing = createStatements(writer)
  const reading = inMemory ? writing : createStatements(reader)
  /** The transaction the caller is inside of. */
  const within = new AsyncLocalStorage<{ isOpen: boolean }>()
  let lastTurn: Promise<unknown> = Promise.resolve()

  /** Waits until everybody who asked earlier is done. */
  function takeTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = lastTurn.then(work)
    lastTurn = turn.catch(() => undefined)
    return turn
  }

  async function runTransaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    writer.exec('begin immediate')
    const open = { isOpen: true }
    const session = createSession((run) => {
      if (!open.isOpen) refuseEndedTransaction()
      return run(writing)
    })
    try {
      const result = await within.run(open, () => work(session))
      open.isOpen = false
      writer.exec('commit')
      return result
    } catch (error) {
      open.isOpen = false
      // A full disk ends the transaction by itself.
      if (writer.isTransaction) writer.exec('rollback')
      throw error
    } finally {
      // Everything here is synchronous: without a pause a busy writer would keep sockets and timers waiting.
      await nextTurn()
    }
  }

  return {
    dialect: sqliteDialect,
    writer,
    committed: createSession((run) => {
      // In memory, whoever is inside a transaction would wait for himself and reads through it instead.
      if (inMemory && within.getStore()?.isOpen !== true) return takeTurn(() => Promise.resolve(run(reading)))
      return run(reading)
    }),
    transaction: (work) => {
      if (within.getStore()?.isOpen === true) refuseNestedTransaction()
      return takeTurn(() => runTransaction(work))
    },
    close: () =>
      takeTurn(async () => {
        if (reader !== writer && reader.isOpen) reader.close()
        if (writer.isOpen) writer.close()
        return Promise.resolve()
      }),
  }
}

function openConnection(file: string): DatabaseSync {
  return new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
}

/** Prepares each text once; the store has a few hundred of them at most. */
function createStatements(connection: DatabaseSync): (text: string) => StatementSync {
  const prepared = new Map<string, StatementSync>()
  return (text) => {
    const known = prepared.get(text)
    if (known !== undefined) return known
    const statement = connection.prepare(text)
    prepared.set(text, statement)
    return statement
  }
}

type Statements = ReturnType<typeof createStatements>

function createSession(within: <T>(run: (statements: Statements) => T) => T | Promise<T>): Session {
  const batch = async (text: string, columns: readonly string[], rows: readonly Input[]): Promise<void> => {
    await within((statements) => {
      const statement = statements(text)
      for (const row of rows) statement.run(...columns.map((name) => row[name] as SQLInputValue))
    })
  }
  return {
    dialect: sqliteDialect,
    all: async <R>(query: Compilable<R>) => {
      const { sql, parameters } = query.compile()
      return within((statements) => statements(sql).all(...(parameters as SQLInputValue[])) as R[])
    },
    run: async (query) => {
      const { sql, parameters } = query.compile()
      return within((statements) => Number(statements(sql).run(...(parameters as SQLInputValue[])).changes))
    },
    put: (table, rows) => batch(sqliteDialect.putText(table), Object.keys(shapeOf(table).columns), rows),
    remove: (table, keys) => batch(sqliteDialect.removeText(table), keyOf(table), keys),
    set: (table, column, rows) => batch(sqliteDialect.setText(table, column), [...keyOf(table), column], rows),
  }
}

function keyOf(table: TableName): readonly string[] {
  return shapeOf(table).key
}
