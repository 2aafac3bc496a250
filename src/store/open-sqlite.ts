/*
 * Opens the embedded store: makes the folder, takes the lock when asked to, connects, brings the tables up to date. Decides
 * which failure of the file system or of SQLite means what to the person who starts Muster.
 */
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storeOpenError, StoreOpenError } from './open-error.ts'
import { makePrivate } from './private-files.ts'
import { migrate, shippedMigrations } from './sql/migrate.ts'
import { createSavingThread } from './sql/saving-thread.ts'
import { sqliteCode, sqliteCodes } from './sql/sqlite-codes.ts'
import { connectSqlite, whileBusy, type SqliteDatabase } from './sql/sqlite-database.ts'
import { createSqlStore } from './sql/sql-store.ts'
import type { Store } from './store.ts'

export interface SqliteStoreSettings {
  /** The database's file, made with its folder when absent; `:memory:` is gone when the store is closed. */
  readonly file: string
  /**
   * Refuses to open while another process has the store open exclusively; the system gives the lock back when a process
   * dies, however it dies. Without it several processes may share the file: leases guard jobs, SQLite guards writes.
   */
  readonly exclusive?: boolean
  /** Milliseconds of the machine, by which a loop over the store lets others run; a simulation hands in its own. */
  readonly stopwatch?: () => number
}

/** "Must" in ASCII, where `file(1)` and the like look for it. */
const applicationId = 0x4d757374

export async function openSqliteStore(settings: SqliteStoreSettings): Promise<Store> {
  const { file } = settings
  let lock: DatabaseSync | undefined
  let database: SqliteDatabase | undefined
  try {
    if (file !== ':memory:') {
      makeFolder(dirname(resolve(file)))
      makePrivate(file, settings.exclusive === true)
      if (settings.exclusive === true) lock = takeLock(file)
    }
    database = await connectSqlite(file, settings.stopwatch)
    const { writer } = database
    refuseForeignTables(file, writer)
    await migrate({
      connection: {
        begin: () => whileBusy(() => writer.exec('begin immediate')),
        execute: async (text) => writer.exec(text),
        undo: async () => {
          if (writer.isTransaction) writer.exec('rollback')
        },
        appliedNumbers: async (text) =>
          writer
            .prepare(text)
            .all()
            .map((row) => Number(row['number'])),
      },
      dialect: database.dialect,
      migrations: shippedMigrations,
      place: placeOf(file),
      now: Date.now(),
    })
    // Marks the file as Muster's, and shows now rather than later that it can be written: SQLite opens what only reads.
    await whileBusy(() => writer.exec(`pragma application_id = ${String(applicationId)}`))
  } catch (error) {
    await database?.close()
    lock?.close()
    throw explainFailure(file, error)
  }
  const store = createSqlStore(database)
  if (file === ':memory:') return store
  const { alone } = database
  const thread = createSavingThread(file)
  return {
    ...store,
    provisioning: {
      ...store.provisioning,
      // The thread has a connection of its own, where nothing can be told of.
      saveOutcomes: (lease, outcomes) =>
        store.isExpectant()
          ? store.provisioning.saveOutcomes(lease, outcomes)
          : alone(() => thread.save(lease, outcomes)),
    },
    close: async () => {
      await alone(() => thread.close())
      await store.close()
      if (lock?.isOpen === true) lock.close()
    },
  }
}

/**
 * With the folders above it. Node's own `recursive` asks again for ever where the system says of a folder that is there that
 * it is not, as Linux does of what is to be made in /proc.
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  const above = dirname(folder)
  if (above !== folder) makeFolder(above)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

/**
 * An exclusive transaction on a file of its own, kept open: the one lock that Node can take on every system without a native
 * module, and that a killed process cannot leave behind.
 */
function takeLock(file: string): DatabaseSync {
  const lock = new DatabaseSync(`${file}.lock`, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if (sqliteCode(error) !== sqliteCodes.busy) throw error
    throw storeOpenError(
      placeOf(file),
      'another Muster has it open',
      'Stop the other one first, or give this one a folder of its own.',
    )
  }
  return lock
}

/** A database that has tables, but not ours, belongs to somebody. */
function refuseForeignTables(file: string, writer: DatabaseSync): void {
  const names = writer
    .prepare("select name from sqlite_schema where type = 'table' order by name")
    .all()
    .map((row) => String(row['name']))
  if (names.length === 0 || names.includes('muster_migration')) return
  throw storeOpenError(
    placeOf(file),
    `the file is the database of another program (it has a table "${String(names[0])}" and no "muster_migration")`,
    'Name another file.',
  )
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Answers what to throw: an explanation where the failure is known, otherwise the failure itself. */
export function explainFailure(file: string, error: unknown): unknown {
  if (error instanceof StoreOpenError) return error
  const folder = dirname(resolve(file))
  const explain = (found: string, whatToDo: string): StoreOpenError =>
    storeOpenError(placeOf(file), found, whatToDo, error)
  const notWritable = (code: string): StoreOpenError =>
    explain(
      `the folder ${folder} cannot be written (${code})`,
      'Let the account that runs Muster write to this folder, or name another one.',
    )

  switch (sqliteCode(error)) {
    case sqliteCodes.notADatabase:
      return explain(
        'the file is not a SQLite database, or is damaged at its beginning',
        'Restore it from a backup, or name another file.',
      )
    case sqliteCodes.corrupt:
      return explain(
        'the file is damaged',
        'Restore it from a backup; keep the damaged file and its "-wal" companion until that is done.',
      )
    case sqliteCodes.full:
      return explain('the disk is full', 'Make room on it and start again; nothing that was acknowledged is lost.')
    case sqliteCodes.busy:
      return explain('another process keeps it locked', 'Stop the other process, or wait until its work is done.')
    case sqliteCodes.readOnly:
      return explain(
        'the file can be read but not written',
        'Let the account that runs Muster write to the file and its folder.',
      )
    case sqliteCodes.cannotOpen:
    case sqliteCodes.ioError: {
      if (isFolder(file)) return explain('it is a folder, not a file', 'Name a file inside it.')
      const reason = reasonNotToWrite(folder)
      if (reason !== undefined) return explainFailure(file, reason)
      return explain(
        'the system refused to open or read it',
        'Check the rights on the file and the health of the disk.',
      )
    }
    case undefined:
      break
  }
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
      return notWritable(String(systemCode(error)))
    case 'ENOTDIR':
    case 'EEXIST':
      return explain(`${folder} cannot be a folder, because a file is in its place`, 'Name another folder.')
    case 'ENOSPC':
      return explain('the disk is full', 'Make room on it and start again; nothing that was acknowledged is lost.')
    default:
      return error
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Tries: the rights of a folder alone do not tell of a file system that only reads, or is full. */
function reasonNotToWrite(folder: string): unknown {
  try {
    rmdirSync(mkdtempSync(join(folder, '.muster-')))
    return undefined
  } catch (error) {
    return error
  }
}

function placeOf(file: string): string {
  return `in ${file === ':memory:' ? 'memory' : resolve(file)}`
}
