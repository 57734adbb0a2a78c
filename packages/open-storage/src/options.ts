import { readOptions } from '@cscapi/signals'
import * as z from 'zod'

/** Options of {@link openStorage}. */
export interface OpenStorageOptions {
  /**
   * Keeps several applications apart in one PostgreSQL database (as the schema's name) or one
   * Redis. Default: the adapter's, `cscapi`.
   */
  readonly namespace?: string
  /**
   * Gets what opening finds odd about the server, e.g. that it keeps nothing on disk. `console`
   * will do. Default: nobody.
   */
  readonly logger?: { warn(message: string): void }
  /**
   * Only look: nothing is made or upgraded, and what writes is refused with `storage_read_only`.
   * Default `false`.
   */
  readonly readOnly?: boolean
}

const optionsSchema = z.strictObject({
  namespace: z.string().optional(),
  readOnly: z.boolean('must be true or false').optional(),
  logger: z
    .custom<OpenStorageOptions['logger']>(
      (logger) => logger === undefined || typeof Object(logger).warn === 'function',
      'must have a function warn',
    )
    .optional(),
})

const ALIASES = new Map([
  ['schema', 'namespace'],
  ['prefix', 'namespace'],
  ['keyPrefix', 'namespace'],
  ['log', 'logger'],
])

/** @throws InputError naming everything that is wrong */
export function readOpenOptions(options: OpenStorageOptions): z.infer<typeof optionsSchema> {
  return readOptions('No storage was opened', optionsSchema, options, { aliases: ALIASES })
}
