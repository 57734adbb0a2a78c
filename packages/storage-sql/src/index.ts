export {
  type AppliedMigration,
  appliedMigrationsSchema,
  assertNotNewer,
  type Migration,
  missingMigrations,
} from './ledger.js'
export { type CredentialRow, credentialChanges, toMachine } from './machine-row.js'
export { SIGNAL_STATES, type SignalRow, toSignalPage } from './signal-row.js'
export { newStateVersion } from './state-version.js'
