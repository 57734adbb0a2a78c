import { createHash } from 'node:crypto'
import { InputError, printable } from '@cscapi/signals'

const LENGTH = 48
const LONGEST = 64

/** Why an id is not one of a machine, or `undefined` (CAPI v3 swagger `LoginRequest`). */
export function machineIdRule(
  machineId: string,
  { allowLongMachineIds = false }: { allowLongMachineIds?: boolean } = {},
): string | undefined {
  const longest = allowLongMachineIds ? LONGEST : LENGTH
  const isValid = /^[a-zA-Z0-9]+$/.test(machineId) && machineId.length >= LENGTH && machineId.length <= longest
  if (isValid) return undefined
  return `must be ${allowLongMachineIds ? `${LENGTH} to ${LONGEST}` : `exactly ${LENGTH}`} letters and digits; generateMachineIdFromKey makes one`
}

/** @throws InputError when CAPI would not accept the id. */
export function assertMachineId(machineId: string, options: { allowLongMachineIds?: boolean } = {}): void {
  const rule = machineIdRule(machineId, options)
  if (rule !== undefined)
    throw new InputError('The machine id is not usable', [{ path: 'machineId', value: printable(machineId), rule }])
}

/**
 * The machine id of a key of yours: always the same for the same key and prefix. Without a prefix it equals the Python SDK's (capi-protocol section 2).
 *
 * `prefix`, up to 16 letters and digits, comes first in the id, which stays 48 characters long. `format: 'python'` gives the Python SDK's longer id
 * for a prefix instead, which a client takes with `allowLongMachineIds` only.
 *
 * @throws InputError
 */
export function generateMachineIdFromKey(key: string, options: { prefix?: string; format?: 'python' } = {}): string {
  const { prefix = '', format } = options
  const issues = []
  if (typeof key !== 'string' || key === '')
    issues.push({ path: 'key', value: printable(key), rule: 'must be text that is not empty' })
  if (!/^[a-zA-Z0-9]{0,16}$/.test(prefix)) {
    issues.push({ path: 'prefix', value: printable(prefix), rule: 'must be up to 16 letters and digits' })
  }
  if (format !== undefined && format !== 'python')
    issues.push({ path: 'format', value: printable(format), rule: "must be 'python' or left out" })
  if (issues.length > 0) throw new InputError('No machine id was made', issues)
  const hash = createHash('sha256')
    .update(prefix + key, 'utf8')
    .digest('hex')
    .slice(0, LENGTH)
  return format === 'python' ? prefix + hash : (prefix + hash).slice(0, LENGTH)
}
