import type { SetStateOptions } from '@cscapi/core'
import { deadlineIn } from '../../instant.js'
import type { MemoryStore } from '../store.js'
import { getState } from './get-state.js'

export function setState(
  store: MemoryStore,
  key: string,
  value: Uint8Array | undefined,
  { ifVersion, expiresInMs }: SetStateOptions,
): number | undefined {
  if (ifVersion !== undefined && ifVersion !== (getState(store, key)?.version ?? 0)) return undefined
  if (value === undefined) {
    store.values.delete(key)
    return 0
  }
  const version = store.nextVersion()
  const expires = expiresInMs === undefined ? undefined : deadlineIn(expiresInMs, store.now())
  store.values.set(key, { value: value.slice(), version, expires })
  return version
}
