import { StorageError } from '@cscapi/core'
import type { Storage } from '../port.js'

/**
 * The named values that a store cannot do without: which environment it belongs to, and what its
 * passphrase is made a key with.
 */
const NEEDED = ['environment', 'encryption:salt']

export async function copyNeededState(from: Storage, to: Storage): Promise<void> {
  for (const key of NEEDED) await copyState(key, from, to)
}

async function copyState(key: string, from: Storage, to: Storage): Promise<void> {
  const state = await from.getState(key)
  if (state === undefined) return
  await to.setState(key, state.value, { ifVersion: 0 })
  const copied = await to.getState(key)
  if (copied !== undefined && Buffer.compare(copied.value, state.value) === 0) return
  const message = `The target has another "${key}" than the source, so what was copied would be of no use there; copy into an empty store`
  throw new StorageError('storage_conflict', message, { adapter: to.name, operation: 'copyStorage' })
}
