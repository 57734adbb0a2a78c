import { InputError, printable } from '@cscapi/signals'
import packageJson from '../package.json' with { type: 'json' }

/** The version of this package, as user agent and metrics name it. */
export const VERSION: string = packageJson.version

/** `<prefix>-cscapi-ts/<version>`; without a prefix there is no dash. @throws InputError */
export function userAgentOf(prefix: string | undefined): string {
  if (prefix === undefined) return `cscapi-ts/${VERSION}`
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(prefix)) {
    const rule = 'must be 1 to 64 letters, digits, "_", "." or "-"'
    throw new InputError('The user agent is not usable', [{ path: 'userAgentPrefix', value: printable(prefix), rule }])
  }
  return `${prefix}-cscapi-ts/${VERSION}`
}
