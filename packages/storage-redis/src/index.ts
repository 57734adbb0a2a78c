export type { RedisStorageOptions } from './options.js'
export { RedisStorage } from './storage.js'
