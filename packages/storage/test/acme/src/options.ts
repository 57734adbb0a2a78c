import { readOptions } from '@cscapi/signals'
import * as z from 'zod'

export interface AcmeStorageOptions {
  /** Where the server is, e.g. `acme://127.0.0.1`. */
  readonly url: string
  /** Storages with different ones never meet. Default `cscapi`. */
  readonly namespace?: string
  /** Added to the server's time, in milliseconds; for tests only. */
  readonly testClockOffsetMs?: () => number
}

const schema = z.strictObject({
  url: z.string().startsWith('acme://', 'must begin with acme://'),
  namespace: z.string().min(1).default('cscapi'),
  testClockOffsetMs: z
    .custom<() => number>((offset) => typeof offset === 'function', 'must be a function')
    .default(() => () => 0),
})

/** Checks the options and fills in the defaults. @throws InputError */
export function checkOptions(options: AcmeStorageOptions): Required<AcmeStorageOptions> {
  return readOptions('AcmeStorage was not made', schema, options)
}
