export { AcmeStorage } from './storage.js'
