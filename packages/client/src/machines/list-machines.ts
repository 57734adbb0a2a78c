import { AbortedError, pages } from '@cscapi/core'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { unlessAborted } from '../calling/abort.js'
import { type Fields, fields } from '../calling/read-call.js'
import type { ClientContext } from '../context.js'
import { infoOf, type MachineInfo } from './machine-info.js'

/** Options of {@link CapiClient.machines}. */
export interface MachinesFilter {
  /** Only those that are failing, or only those that are not. Default: all. */
  readonly failing?: boolean
  /** Only those whose id comes after this one, as text: where an earlier listing ended. */
  readonly after?: string
  /** Ends the reading with an `AbortedError`. */
  readonly signal?: AbortSignal
}

export const machinesFilterSchema = lazily(() =>
  z.strictObject({
    failing: fields.flag(),
    after: z.string().min(1).optional(),
    signal: fields.signal(),
  } satisfies Fields<MachinesFilter>),
)

const LISTING = 'Listing machines'

/** Lists machines in order of id, read in pages. */
export async function* listMachines(
  { storage, options }: ClientContext,
  { failing, after, signal }: MachinesFilter,
): AsyncGenerator<MachineInfo, void, undefined> {
  const filter = { ...(failing !== undefined && { failing }), ...(after !== undefined && { after }) }
  const read = (from: { readonly after?: string }) =>
    unlessAborted(LISTING, signal, () => storage.listMachines({ ...filter, ...from }))
  for await (const { machines } of pages(read)) {
    const now = options.clock.now()
    for (const machine of machines) {
      if (signal?.aborted) throw new AbortedError(LISTING)
      yield infoOf(machine, now)
    }
  }
}
