import { listingChecks } from './listing.js'
import { machineChecks } from './machines.js'
import { signalChecks } from './signals.js'
import { stateChecks } from './state.js'

/**
 * The checks that are made before a store is touched, so that nothing is half-done and all adapters
 * say the same. Each throws an `InputError` that names everything that is wrong.
 */
export const checkArguments = { ...machineChecks, ...signalChecks, ...listingChecks, ...stateChecks }
