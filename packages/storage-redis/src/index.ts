export type { RedisStorageOptions } from './options.js'
export { RedisStorage } from './redis-storage.js'
