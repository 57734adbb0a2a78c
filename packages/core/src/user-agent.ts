import { InputError, type InputIssue, printable } from '@cscapi/signals'
import packageJson from '../package.json' with { type: 'json' }

/** The version of this package, as user agent and metrics name it. */
export const VERSION: string = packageJson.version

/**
 * Makes `<prefix>-cscapi-ts/<version>`; without a prefix there is no dash.
 *
 * @throws InputError
 */
export function userAgentOf(prefix: string | undefined): string {
  const issues = prefixIssues(prefix)
  if (issues.length > 0) throw new InputError('The user agent is not usable', issues)
  return prefix === undefined ? `cscapi-ts/${VERSION}` : `${prefix}-cscapi-ts/${VERSION}`
}

/** Tells what is wrong with a prefix. */
export function prefixIssues(prefix: unknown): InputIssue[] {
  if (prefix === undefined || (typeof prefix === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(prefix))) return []
  const rule = 'must be 1 to 64 letters, digits, "_", "." or "-"'
  return [{ path: 'userAgentPrefix', value: printable(prefix), rule }]
}
