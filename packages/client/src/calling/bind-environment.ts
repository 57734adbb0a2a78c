import { endPauses, InputError, pages, resolveBaseUrl, stateKeys } from '@cscapi/core'
import type { ClientContext } from '../context.js'
import { reviveMachines } from '../machines/revive-machines.js'

/** Addresses that nobody mistyped. */
const NAMED: ReadonlySet<string> = new Set([resolveBaseUrl('production'), resolveBaseUrl('development')])

/**
 * Binds a store to one environment: the first use writes the base URL down. A base URL of the
 * caller's under which no machine of the store was ever registered was most likely a slip, and
 * gives way to another, with the warning `environment_changed`.
 *
 * @throws InputError `environment_mismatch` when the store belongs to another one; no request is
 * made.
 */
export async function bindEnvironment(context: ClientContext, signal: AbortSignal): Promise<void> {
  const { storage, capi } = context
  const ours = new TextEncoder().encode(capi.baseUrl)
  for (;;) {
    // Read first: a store that is bound already may be one that nobody may write.
    const stored = await storage.getState(stateKeys.environment)
    const baseUrl = stored && new TextDecoder().decode(stored.value)
    if (baseUrl === capi.baseUrl) return
    if (baseUrl !== undefined && (NAMED.has(baseUrl) || (await hasRegistered(context))))
      throw mismatch(capi.baseUrl, baseUrl)
    const written = await storage.setState(stateKeys.environment, ours, { ifVersion: stored?.version ?? 0 })
    // Unless another process was faster: then what it wrote counts.
    if (written === undefined) continue
    if (baseUrl === undefined) return
    // What the wrong address answered says nothing about this one.
    await endPauses(storage)
    await reviveMachines(context, undefined, signal)
    const message = `The store was bound to ${baseUrl}, where none of its machines was ever registered; it belongs to ${capi.baseUrl} from now on, and what waits in it is sent there`
    context.events.emit('warning', { code: 'environment_changed', message })
    return
  }
}

async function hasRegistered({ storage }: ClientContext): Promise<boolean> {
  for await (const { machines } of pages((from) => storage.listMachines(from))) {
    if (machines.some(({ registered }) => registered)) return true
  }
  return false
}

function mismatch(given: string, baseUrl: string): InputError {
  const rule = `must be ${baseUrl}, which this store's machines and signals belong to; use another store`
  const issues = [{ path: 'environment', value: given, rule }]
  return new InputError('The store belongs to another environment', issues, { code: 'environment_mismatch' })
}
