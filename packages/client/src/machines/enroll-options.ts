import { Secret } from '@cscapi/core'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { type Fields, fields } from '../calling/read-call.js'

export interface EnrollOptions {
  readonly machineIds: readonly string[]
  /** From the console; letters and digits. A secret. */
  readonly attachmentKey: string | Secret
  /** The name that the console shows. */
  readonly name?: string
  readonly tags?: readonly string[]
  /** Take the machine over from another account. Default false. */
  readonly overwrite?: boolean
  readonly signal?: AbortSignal
}

/** Ids and tags are checked one by one where they are used, together with the key. */
export const enrollOptionsSchema = lazily(() =>
  z.strictObject({
    machineIds: z.array(z.unknown()).min(1, 'must name a machine'),
    attachmentKey: z.union([z.string(), z.instanceof(Secret)], 'must be text'),
    name: z.string().optional(),
    tags: z.array(z.unknown()).optional(),
    overwrite: fields.flag(),
    signal: fields.signal(),
  } satisfies Fields<EnrollOptions>),
)
