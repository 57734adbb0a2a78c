export { type MigrateMode, migrationSql } from './migrate.js'
export type { PostgresConnection, PostgresStorageOptions } from './options.js'
export type { PostgresPool, PostgresPoolClient, PostgresQuery } from './pool.js'
export { PostgresStorage } from './storage.js'
