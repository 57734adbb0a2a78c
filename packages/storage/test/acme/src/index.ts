export type { AcmeStorageOptions } from './options.js'
export { AcmeStorage } from './storage.js'
