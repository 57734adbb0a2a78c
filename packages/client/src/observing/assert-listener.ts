import { InputError, type InputIssue, printable, suggestKey } from '@cscapi/signals'
import { eventNames } from './log-events.js'

/** @throws InputError for a name that no event has, or a listener that cannot be called. */
export function assertListener(name: unknown, listener: unknown): void {
  const names: readonly unknown[] = eventNames
  const issues: InputIssue[] = []
  if (!names.includes(name)) {
    const meant = typeof name === 'string' ? suggestKey(name, eventNames) : undefined
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`
    issues.push({ path: 'name', value: printable(name), rule: `must be one of ${eventNames.join(', ')}${hint}` })
  }
  if (typeof listener !== 'function') {
    issues.push({ path: 'listener', value: printable(listener), rule: 'must be a function' })
  }
  if (issues.length > 0) throw new InputError('Nobody listens', issues)
}
