import { turn } from '@cscapi/core'
import { assertGoing } from '../calling/abort.js'
import type { ClientContext } from '../context.js'
import { listMachines } from './list-machines.js'

/** Gives failing machines, these or all, another chance at once. Returns how many were failing. */
export async function reviveMachines(
  context: ClientContext,
  machineIds: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<number> {
  let revived = 0
  const ids = machineIds ?? failingIds(context)
  for await (const machineId of ids) {
    assertGoing('Reviving machines', signal, revived)
    await turn()
    const machine = await context.storage.getMachine(machineId)
    if (machine?.failing === undefined) continue
    await context.storage.updateMachine(machineId, { failing: null, authFailures: 0 })
    revived += 1
  }
  return revived
}

async function* failingIds(context: ClientContext): AsyncGenerator<string, void, undefined> {
  for await (const { machineId } of listMachines(context, { failing: true })) yield machineId
}
