import { StorageError } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'

/**
 * The store as a process sees it that dies at its n-th call: from then on nothing that it does
 * reaches the store. That call itself was done before the death, or was not.
 */
export function mortal(storage: Storage, callsUntilDeath: number, isLastDone: boolean): Storage {
  let left = callsUntilDeath
  return new Proxy(storage, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name === 'open' || name === 'close') return value.bind(target)
      return async (...args: unknown[]) => {
        left -= 1
        if (left > 0 || (left === 0 && isLastDone)) {
          const result: unknown = await Reflect.apply(value, target, args)
          if (left > 0) return result
        }
        const details = { adapter: 'mortal', operation: String(name) }
        throw new StorageError('storage_unavailable', 'The process is dead', details)
      }
    },
  })
}
