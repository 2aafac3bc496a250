/*
 * What a subject needs of a database: a place where queries run (a session), and transactions. SQLite and PostgreSQL each
 * provide it once; subjects never see a connection.
 */
import type { Compilable } from 'kysely'
import type { Dialect } from './dialect.ts'
import type { ColumnName, Key, Row, TableName } from './tables.ts'

export interface Session {
  readonly dialect: Dialect
  /** Runs a query and answers its rows. */
  all<R>(query: Compilable<R>): Promise<readonly R[]>
  /** Runs a statement and answers how many rows it touched. */
  run(query: Compilable<unknown>): Promise<number>
  /** Inserts these rows or replaces those with the same key; of two with one key the last one stays. */
  put<T extends TableName>(table: T, rows: readonly Row<T>[]): Promise<void>
  /** Deletes the rows with these keys; absent ones are passed over. */
  remove<T extends TableName>(table: T, keys: readonly Key<T>[]): Promise<void>
  /** Sets one column of the rows with these keys; absent ones are passed over. */
  set<T extends TableName, C extends ColumnName<T>>(
    table: T,
    column: C,
    rows: readonly (Key<T> & Pick<Row<T>, C>)[],
  ): Promise<void>
}

export interface Database {
  readonly dialect: Dialect
  /** Reads what is committed, and nothing else. */
  readonly committed: Session
  /** Runs the work alone or not at all; an error in it undoes everything and is passed on. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** The first row, when there is one. */
export async function first<R>(session: Session, query: Compilable<R>): Promise<R | undefined> {
  const rows = await session.all(query)
  return rows[0]
}

/** A fault of the program: waiting for a transaction inside a transaction would wait for ever. */
export function refuseNestedTransaction(): never {
  throw new Error(
    'A store transaction was begun inside another one, which would wait for itself: use the transaction that is open.',
  )
}

/** A fault of the program: the statement would run outside the transaction it was meant for. */
export function refuseEndedTransaction(): never {
  throw new Error('A store transaction was used after it had ended: await everything inside it.')
}
