import { InputError } from '@cscapi/core'
import type { ClientContext } from './context.js'

const KEY = 'environment'

/**
 * Binds a store to one environment: the first use writes the base URL down.
 * @throws InputError `environment_mismatch` when the store belongs to another one; no request is made.
 */
export async function bindEnvironment({ storage, capi }: ClientContext): Promise<void> {
  await storage.setState(KEY, new TextEncoder().encode(capi.baseUrl), { ifVersion: 0 })
  const stored = await storage.getState(KEY)
  const baseUrl = stored && new TextDecoder().decode(stored.value)
  if (baseUrl === capi.baseUrl) return
  const rule = `must be ${baseUrl}, which this store's machines and signals belong to; use another store`
  throw new InputError(
    'The store belongs to another environment',
    [{ path: 'environment', value: capi.baseUrl, rule }],
    {
      code: 'environment_mismatch',
    },
  )
}
