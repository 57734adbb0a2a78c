import { CscapiError, lazily } from '@cscapi/signals'
import * as z from 'zod'

/**
 * A snapshot: `CSDS`, a version, the length of a JSON header (both 32 bits, little endian), the
 * header; then, for each source, a line of JSON for each of its reasons and each of its values of
 * other scopes; then the columns of each table, one after the other, each from a multiple of 8
 * bytes on; and the SHA-256 of all before. Version 1 has the lines in its header.
 */
export const MAGIC = 0x53445343
export const VERSION = 2
export const HEAD_BYTES = 12
export const HASH_BYTES = 32

const tableSchema = lazily(() => z.object({ size: z.int().min(0), timed: z.boolean() }))
const tables = () => ({ v4: tableSchema(), v6: tableSchema() })
const source = () => ({
  origin: z.string(),
  remediation: z.string(),
  expiresAt: z.number().optional(),
  ...tables(),
})
const allowlists = () => z.array(z.object({ id: z.string(), name: z.string(), ...tables() }))

export const headerSchema = lazily(() =>
  z.object({
    sources: z.array(z.object({ ...source(), reasons: z.int().min(0), scoped: z.int().min(0) })),
    allowlists: allowlists(),
  }),
)

export const headerSchemaV1 = lazily(() => {
  const scoped = z.object({ scope: z.string(), value: z.string(), reason: z.string(), expiresAt: z.number() })
  return z.object({
    sources: z.array(z.object({ ...source(), reasons: z.array(z.string()), scoped: z.array(scoped) })),
    allowlists: allowlists(),
  })
})

export const scopedLineSchema = lazily(() => z.tuple([z.string(), z.string(), z.string(), z.number()]))

export type TableHeader = z.infer<ReturnType<typeof tableSchema>>
export type Header = z.infer<ReturnType<typeof headerSchema>>

/** From a multiple of 8 on. */
export const aligned = (at: number) => at + ((8 - (at % 8)) % 8)

export function corrupt(why: string): CscapiError {
  return new CscapiError('snapshot_corrupt', `The snapshot of the decisions cannot be read: ${why}; pull again`)
}
