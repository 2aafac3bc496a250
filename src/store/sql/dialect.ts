/*
 * Where SQLite and PostgreSQL really differ: each difference is one named member here, and nowhere else in the store.
 * The two files that hold connections (`sqlite-database.ts`, `postgresql-database.ts`) differ by nature.
 */
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type RawBuilder,
  type SqlBool,
} from 'kysely'
import { shapeOf, type TableName, type Tables } from './tables.ts'

export interface Dialect {
  readonly name: 'sqlite' | 'postgresql'
  /** Builds queries in this dialect; they are run by a `Session`. */
  readonly queries: Kysely<Tables>
  /** What stands for the words in braces of a migration. */
  readonly migrationWords: Readonly<Record<string, string>>
  /** The column holds one of the values; one parameter however many there are, so that the statement stays prepared. */
  isOneOf(column: string, values: readonly string[]): RawBuilder<SqlBool>
  isNumberOf(column: string, values: readonly number[]): RawBuilder<SqlBool>
  /** The column contains the text, which is taken literally. */
  contains(column: string, text: string): RawBuilder<SqlBool>
  /** What the column holds behind the first of this sign. */
  behind(column: string, sign: string): RawBuilder<string>
  /** Ends a select: its rows stay as they are until the transaction ends. */
  readonly keepingRows: RawBuilder<unknown>
  /** Ends a select: takes only rows that nobody else keeps at the moment, and keeps them. */
  readonly takingFreeRows: RawBuilder<unknown>
  /** The time leases are measured by: the caller's where there is one process, the server's where there are many. */
  leaseTime(now: number): RawBuilder<number>
  /** Inserts rows or replaces those with the same key. */
  putText(table: TableName): string
  /** Deletes rows by key. */
  removeText(table: TableName): string
  /** Sets one column of rows named by key; parameters are the key and then the value. */
  setText(table: TableName, column: string): string
}

// -------------------------------------------------------------- SQLite: one row a call, batches are loops of calls

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  queries: new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  // `integer primary key` is SQLite's own row number: appending to the log stays an append.
  migrationWords: {
    text: 'text',
    number: 'integer',
    clustered: 'without rowid',
    managerOfAttributes: "json_extract(attributes, '$.manager')",
    json: '',
    refusal_of_changes: '',
    refuse_change: "begin select raise(abort, 'An entry of a log is never changed.'); end",
  },
  isOneOf: (column, values) => isInJson(column, values),
  isNumberOf: (column, values) => isInJson(column, values),
  contains: (column, text) => sql<SqlBool>`instr(${sql.ref(column)}, ${text}) > 0`,
  behind: (column, sign) => sql<string>`substr(${sql.ref(column)}, instr(${sql.ref(column)}, ${sql.lit(sign)}) + 1)`,
  // One writer at a time: a transaction's rows cannot change under it.
  keepingRows: sql``,
  takingFreeRows: sql``,
  leaseTime: (now) => sql<number>`${now}`,
  putText: onceFor((table) => {
    const { columns } = shapeOf(table)
    const names = Object.keys(columns)
    const places = names.map(() => '?').join(', ')
    return `insert into ${table} (${names.join(', ')}) values (${places}) ${onConflict(table)}`
  }),
  removeText: (table) => `delete from ${table} where ${keyIs(table, () => '?')}`,
  setText: (table, column) => {
    const { key } = shapeOf(table)
    return `update ${table} set ${column} = ?${String(key.length + 1)} where ${keyIs(table, (at) => `?${String(at + 1)}`)}`
  },
}

/** Words of a statement that are put together once for each table. */
function onceFor(make: (table: TableName) => string): (table: TableName) => string {
  const made = new Map<TableName, string>()
  return (table) => {
    const known = made.get(table) ?? make(table)
    made.set(table, known)
    return known
  }
}

function isInJson(column: string, values: readonly (string | number)[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`
}

// -------------------------------------------------------------- PostgreSQL: an array a column, one call a batch

export const postgresqlDialect: Dialect = {
  name: 'postgresql',
  queries: new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
  // The database's own collation may sort by language; keys sort by code point, as they do in SQLite.
  migrationWords: {
    text: 'text collate "C"',
    number: 'bigint',
    clustered: '',
    // Not by way of `json`, which refuses a text with a NUL in it; ids need no escaping.
    managerOfAttributes: String.raw`substring(attributes from '"manager":"([^"\\]*)"')`,
    json: '::json',
    refusal_of_changes:
      "create function refuse_change() returns trigger language plpgsql as $$ begin raise exception 'An entry of a log is never changed.'; end $$;",
    refuse_change: 'for each row execute function refuse_change()',
  },
  isOneOf: (column, values) => sql<SqlBool>`${sql.ref(column)} = any(${values}::text[])`,
  isNumberOf: (column, values) => sql<SqlBool>`${sql.ref(column)} = any(${values}::bigint[])`,
  contains: (column, text) => sql<SqlBool>`strpos(${sql.ref(column)}, ${text}::text) > 0`,
  behind: (column, sign) => sql<string>`substr(${sql.ref(column)}, strpos(${sql.ref(column)}, ${sql.lit(sign)}) + 1)`,
  keepingRows: sql`for no key update`,
  takingFreeRows: sql`for no key update skip locked`,
  leaseTime: () => sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  putText: onceFor((table) => {
    const { columns } = shapeOf(table)
    const names = Object.keys(columns)
    return `insert into ${table} (${names.join(', ')}) select * from ${unnested(table, names)} ${onConflict(table)}`
  }),
  removeText: (table) => {
    const { key } = shapeOf(table)
    const rows = `${unnested(table, key)} as gone (${key.join(', ')})`
    return `delete from ${table} using ${rows} where ${key.map((name) => `${table}.${name} = gone.${name}`).join(' and ')}`
  },
  setText: (table, column) => {
    const { key } = shapeOf(table)
    const rows = `${unnested(table, [...key, column])} as fresh (${[...key, column].join(', ')})`
    const where = key.map((name) => `${table}.${name} = fresh.${name}`).join(' and ')
    return `update ${table} set ${column} = fresh.${column} from ${rows} where ${where}`
  },
}

function unnested(table: TableName, columns: readonly string[]): string {
  const kinds = shapeOf(table).columns
  const arrays = columns.map(
    (name, at) => `$${String(at + 1)}::${kinds[name]?.startsWith('text') ? 'text' : 'bigint'}[]`,
  )
  return `unnest(${arrays.join(', ')})`
}

// -------------------------------------------------------------- spelt alike in both

function onConflict(table: TableName): string {
  const { key, columns } = shapeOf(table)
  const others = Object.keys(columns).filter((name) => !key.includes(name))
  const target = `on conflict (${key.join(', ')})`
  if (others.length === 0) return `${target} do nothing`
  return `${target} do update set ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`
}

function keyIs(table: TableName, place: (at: number) => string): string {
  return shapeOf(table)
    .key.map((name, at) => `${name} = ${place(at)}`)
    .join(' and ')
}
