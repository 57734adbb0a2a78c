import type { MachineInfo } from '@cscapi/client'
import * as z from 'zod'
import { FAILING } from '../live/words.js'
import type { OpsClient } from '../options.js'
import type { MachinesAnswer } from './answers.js'

export const machinesQuery = z.strictObject({
  search: z.string().max(64).default(''),
  state: z.enum(['all', 'ready', 'waiting', 'new', 'failing']).default('all'),
  after: z.string().min(1).max(128).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** After so many, the page ends where it is, and its reader may go on. */
const MOST_LOOKED_AT = 20_000

/** Gives one page of machines: found by a part of their id, in any case, and by their state. */
export async function machinesPage(
  client: OpsClient,
  { search, state, after, limit }: z.output<typeof machinesQuery>,
  now: number,
): Promise<MachinesAnswer> {
  const wanted = search.toLowerCase()
  const filter = { ...(after !== undefined && { after }), ...(state !== 'all' && { failing: state === 'failing' }) }
  const machines: MachinesAnswer['machines'][number][] = []
  let looked = 0
  let last: string | undefined
  for await (const machine of client.machines(filter)) {
    // Whether there is more is known once it comes.
    if (machines.length === limit || looked === MOST_LOOKED_AT) return { machines, next: last ?? null, looked }
    looked += 1
    last = machine.machineId
    if (!machine.machineId.toLowerCase().includes(wanted)) continue
    const shown = showMachine(machine, now)
    if (state === 'all' || shown.state === state) machines.push(shown)
  }
  return { machines, next: null, looked }
}

function showMachine(machine: MachineInfo, now: number): MachinesAnswer['machines'][number] {
  const { machineId, token, enrolled = null, subscriptionType = null, failing } = machine
  return {
    machineId,
    ...stateOf(machine, now),
    token: token === undefined ? null : { expiresAt: token.expiresAt ?? null },
    enrolled,
    subscription: subscriptionType,
    failing: failing === undefined ? null : { ...failing, message: failing.message ?? null },
  }
}

function stateOf(
  { failing, registered, token }: MachineInfo,
  now: number,
): Pick<MachinesAnswer['machines'][number], 'state' | 'title' | 'advice'> {
  if (failing !== undefined) return { state: 'failing', ...FAILING[failing.reason] }
  if (!registered) {
    return { state: 'new', title: 'Not registered yet', advice: null }
  }
  if (token === undefined || (token.expiresAt ?? Number.POSITIVE_INFINITY) <= now) {
    return { state: 'waiting', title: 'Logs in with its next signal', advice: null }
  }
  return { state: 'ready', title: 'Logged in', advice: null }
}
