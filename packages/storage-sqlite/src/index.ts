export type { SqliteStorageOptions } from './options.js'
export { SqliteStorage } from './storage.js'
