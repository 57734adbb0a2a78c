export { type OpenStorageOptions, openStorage } from './open-storage.js'
