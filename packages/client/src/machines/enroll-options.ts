import { Secret } from '@cscapi/core'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { type Fields, fields } from '../calling/read-call.js'

/** Options of {@link CapiClient.enrollMachines}. */
export interface EnrollOptions {
  /** Which machines; each is registered and logged in if it has to be. */
  readonly machineIds: readonly string[]
  /** From the console; letters and digits. A secret. */
  readonly attachmentKey: string | Secret
  /** The name that the console shows. */
  readonly name?: string
  /** Labels that the console shows with each of these machines. Default: none. */
  readonly tags?: readonly string[]
  /** Take the machine over from another account. Default false. */
  readonly overwrite?: boolean
  /** Ends the call with an `AbortedError` that has the results so far. */
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
