import { InputError, printable, suggestKey } from '@cscapi/signals'

/** @throws InputError */
export function checkText(what: string, path: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw refused(what, path, value, 'must be text')
}

/** @throws InputError */
export function checkFunction(what: string, path: string, value: unknown): void {
  if (typeof value !== 'function') throw refused(what, path, value, 'must be a function')
}

/** @throws InputError */
export function checkEvent(event: unknown): void {
  if (event === 'change') return
  const meant = typeof event === 'string' ? suggestKey(event, ['change']) : undefined
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
  throw refused('Nobody was subscribed', 'event', event, `must be "change"${hint}`)
}

/** @throws InputError */
export function checkBytes(value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw refused('The snapshot was not read', 'bytes', value, 'must be a Uint8Array')
}

export function refused(what: string, path: string, value: unknown, rule: string): InputError {
  return new InputError(what, [{ path, value: printable(value), rule }])
}
