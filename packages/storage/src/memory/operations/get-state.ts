import type { StateValue } from '@cscapi/core'
import { remainingMs } from '../../instant.js'
import type { MemoryStore } from '../store.js'

export function getState({ values, now }: MemoryStore, key: string): StateValue | undefined {
  const stored = values.get(key)
  if (stored === undefined) return undefined
  const { value, version, expires } = stored
  const expiresInMs = expires && remainingMs(expires, now())
  if (expiresInMs === undefined || expiresInMs > 0) return { value: value.slice(), version, expiresInMs }
  values.delete(key)
  return undefined
}
