export type * from './port.js'
export { MemoryStorage, type MemoryStorageOptions } from './memory.js'
