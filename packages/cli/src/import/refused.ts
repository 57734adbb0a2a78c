import { InputError } from '@cscapi/core'

/** What is said of a source that cannot be imported; `shown` holds no secret. */
export function refused(shown: string, rule: string): InputError {
  return new InputError('Nothing was imported', [{ path: 'FROM', value: shown, rule }])
}
