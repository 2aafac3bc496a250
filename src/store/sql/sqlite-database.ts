/*
 * SQLite through node:sqlite: one connection writes, its transactions one after the other; a second one reads, so that a
 * read outside a transaction never sees what is not committed. In memory there is one connection, and reads take turns.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Compilable } from 'kysely'
import { sqliteDialect } from './dialect.ts'
import { refuseEndedTransaction, refuseNestedTransaction, type Database, type Session } from './session.ts'
import { sqliteCode, sqliteCodes } from './sqlite-codes.ts'
import { shapeOf, type TableName } from './tables.ts'

/** How long a transaction waits for another process that writes to the same file. */
const busyMsMax = 10_000

/** Kept in memory of the file: tables of a large company are written at random places. */
const writerCacheKiB = 16_384

const busyPauseMs = 2

/** Everything here is synchronous: without a pause now and then, a loop over the store keeps sockets and timers waiting. */
const turnMs = 5

/** Pages in the log beside the file before they move into it: many changes of one page then move once. */
const checkpointPages = 8_000

type Input = Readonly<Record<string, unknown>>

export interface SqliteDatabase extends Database {
  /** For migrations, before anybody else uses the database. */
  readonly writer: DatabaseSync
  /** Work that writes by another connection of this process waits for its turn among the transactions. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

export async function connectSqlite(
  file: string,
  stopwatch: () => number = () => performance.now(),
): Promise<SqliteDatabase> {
  const inMemory = file === ':memory:'
  const writer = openConnection(file)
  let reader = writer
  try {
    await whileBusy(() => writer.exec('pragma journal_mode = wal'))
    writer.exec(`pragma synchronous = full; pragma wal_autocheckpoint = ${String(checkpointPages)}`)
    writer.exec(`pragma cache_size = -${String(writerCacheKiB)}`)
    if (!inMemory) {
      reader = openConnection(file)
      reader.exec(`pragma busy_timeout = ${String(busyMsMax)}; pragma query_only = on`)
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

  let turnBeganAt = stopwatch()
  async function letOthersRun(): Promise<void> {
    if (stopwatch() - turnBeganAt < turnMs) return
    await nextTurn()
    turnBeganAt = stopwatch()
  }

  async function runTransaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await whileBusy(() => writer.exec('begin immediate'))
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
      await letOthersRun()
    }
  }

  function alone<T>(work: () => Promise<T>): Promise<T> {
    if (within.getStore()?.isOpen === true) refuseNestedTransaction()
    return takeTurn(work)
  }

  return {
    dialect: sqliteDialect,
    writer,
    alone,
    committed: createSession(async (run) => {
      // In memory, whoever is inside a transaction would wait for himself and reads through it instead.
      const isOutside = inMemory && within.getStore()?.isOpen !== true
      const answer = isOutside ? await takeTurn(() => Promise.resolve(run(reading))) : run(reading)
      await letOthersRun()
      return answer
    }),
    transaction: (work) => alone(() => runTransaction(work)),
    close: () =>
      takeTurn(async () => {
        if (reader !== writer && reader.isOpen) reader.close()
        if (writer.isOpen) writer.close()
        return Promise.resolve()
      }),
  }
}

function openConnection(file: string): DatabaseSync {
  return new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true })
}

/**
 * Does it as soon as no other process writes. SQLite's own waiting stops the whole process, so a connection that writes does
 * not wait by itself.
 */
export async function whileBusy(act: () => void): Promise<void> {
  const askedAt = performance.now()
  for (;;) {
    try {
      act()
      return
    } catch (error) {
      if (sqliteCode(error) !== sqliteCodes.busy || performance.now() - askedAt > busyMsMax) throw error
    }
    await pause(busyPauseMs)
  }
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
