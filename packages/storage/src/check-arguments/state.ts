import type { SetStateOptions } from '@cscapi/core'
import { assertObject, isDuration, isStorable, issueUnless, refuse } from './rules.js'

const LONGEST_KEY = 200
const LARGEST_STATE_BYTES = 16 * 1_048_576

/** Checks of named values. */
export const stateChecks = {
  stateKey(key: string): void {
    const rule = `must be text of 1 to ${LONGEST_KEY} characters without U+0000 and lone surrogates`
    refuse(issueUnless(isStorable(key) && key.length > 0 && key.length <= LONGEST_KEY, 'key', key, rule))
  },

  state(key: string, value: Uint8Array | undefined, options: SetStateOptions): void {
    stateChecks.stateKey(key)
    assertObject('options', options)
    const { expiresInMs, ifVersion } = options
    const isBytes = value === undefined || value instanceof Uint8Array
    const bytes = isBytes ? (value?.byteLength ?? 0) : 0
    refuse([
      ...issueUnless(isBytes, 'value', value, 'must be bytes (a Uint8Array) or undefined'),
      ...issueUnless(
        bytes <= LARGEST_STATE_BYTES,
        'value',
        `${bytes} bytes`,
        `must be at most ${LARGEST_STATE_BYTES} bytes`,
      ),
      ...issueUnless(
        ifVersion === undefined || Number.isSafeInteger(ifVersion),
        'ifVersion',
        ifVersion,
        'must be a whole number',
      ),
      ...issueUnless(
        expiresInMs === undefined || (isDuration(expiresInMs) && expiresInMs > 0),
        'expiresInMs',
        expiresInMs,
        'must be more than 0 milliseconds',
      ),
    ])
  },
}
