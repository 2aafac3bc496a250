/*
 * Brings a database to the tables of this program. Migrations are files with a number, only ever added; which have run is
 * recorded in the database, all in one transaction that two processes cannot enter at once.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { newerVersionError } from '../open-error.ts'
import type { Dialect } from './dialect.ts'

const folder = new URL('../migrations/', import.meta.url)

export interface Migration {
  readonly number: number
  readonly name: string
  readonly text: string
}

function readMigrations(): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ number: Number.parseInt(name, 10), name, text: readFileSync(new URL(name, folder), 'utf8') }))
}

/**
 * Read when the program is loaded, like the program itself: a file of Muster's own that cannot be read must not be taken
 * for a fault of the place where the data lies.
 */
export const shippedMigrations: readonly Migration[] = readMigrations()

/** A connection as migrations need it: SQL text without parameters, several statements at once. */
export interface MigrationConnection {
  /** Begins the transaction that one process at a time is inside of; waits for its turn. */
  begin(): Promise<void>
  execute(text: string): Promise<void>
  /** Ends the transaction without a trace, if it is still open. */
  undo(): Promise<void>
  appliedNumbers(text: string): Promise<readonly number[]>
}

export interface MigrateRequest {
  readonly connection: MigrationConnection
  readonly dialect: Dialect
  readonly migrations: readonly Migration[]
  /** How the database is called in a message. */
  readonly place: string
  readonly now: number
}

export async function migrate({ connection, dialect, migrations, place, now }: MigrateRequest): Promise<void> {
  await connection.begin()
  try {
    await connection.execute(
      putInWords(
        'create table if not exists muster_migration (number {number} primary key, name {text} not null, applied_at {number} not null)',
        dialect,
      ),
    )
    const applied = await connection.appliedNumbers('select number from muster_migration order by number')
    const newestKnown = migrations.at(-1)?.number ?? 0
    const newestApplied = applied.at(-1) ?? 0
    if (newestApplied > newestKnown) throw newerVersionError(place, newestApplied, newestKnown)
    for (const migration of migrations) {
      if (applied.includes(migration.number)) continue
      await connection.execute(putInWords(migration.text, dialect))
      await connection.execute(
        `insert into muster_migration (number, name, applied_at) values (${String(migration.number)}, '${migration.name}', ${String(now)})`,
      )
    }
    await connection.execute('commit')
  } catch (error) {
    await connection.undo()
    throw error
  }
}

function putInWords(text: string, dialect: Dialect): string {
  return text.replaceAll(/\{(\w+)\}/g, (found, word: string) => {
    const meaning = dialect.migrationWords[word]
    if (meaning === undefined) throw new Error(`A migration says ${found}, which ${dialect.name} has no word for.`)
    return meaning
  })
}
