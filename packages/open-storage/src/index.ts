export { openStorage } from './open-storage.js'
export type { OpenStorageOptions } from './options.js'
