/* The door of the store. The interface is `store.ts`. */
export { StoreOpenError } from './open-error.ts'
export { openPostgresqlStore, type PostgresqlStoreSettings } from './open-postgresql.ts'
export { openSqliteStore, type SqliteStoreSettings } from './open-sqlite.ts'
