export type { PostgresPool, PostgresPoolClient, PostgresQuery } from './connect/pool.js'
export { type MigrateMode, migrationSql } from './migrations/migrate.js'
export type { PostgresConnection, PostgresStorageOptions } from './options.js'
export { PostgresStorage } from './storage.js'
