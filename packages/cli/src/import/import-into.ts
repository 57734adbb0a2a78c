import type { CapiClient } from '@cscapi/client'
import { type MachineStore, machineIdRule, type StateStore } from '@cscapi/core'
import { printable } from '@cscapi/signals'
import { ImportedSignals } from './imported-signals.js'
import type { ImportedMachine, ImportReport } from './report.js'
import { type ImportSource, isRefused, type RefusedRow } from './source.js'
import { takeOverMachine } from './take-over-machine.js'
import { takeOverSignals } from './take-over-signals.js'

/** Where to: a store, and the client whose configuration holds for what comes in. */
export interface ImportTarget {
  /** Hands out passwords in clear. */
  readonly store: MachineStore & StateStore
  readonly client: Pick<CapiClient, 'addSignals' | 'preview'>
  /** What the client's machines report: others are named. */
  readonly scenarios: readonly string[]
  readonly allowLongMachineIds: boolean
}

export interface ImportOptions {
  /** False: a dry run, which writes nothing. */
  readonly apply: boolean
  /** Epoch milliseconds. */
  readonly now: number
  /** Ends the import between two pages; running it again goes on. */
  readonly signal?: AbortSignal
}

/** Takes over machines first, then their signals. Repeating it, after a failure too, adds nothing twice. */
export async function importInto(
  { store, client, scenarios, allowLongMachineIds }: ImportTarget,
  source: ImportSource,
  { apply, now, signal }: ImportOptions,
): Promise<ImportReport> {
  const machines: ImportedMachine[] = []
  const refused: RefusedRow[] = []
  const lost = new Map<string, string>()
  const idRule = (machineId: string) => longIdRule(machineId, allowLongMachineIds)
  for (const machine of await source.machines()) {
    signal?.throwIfAborted()
    const reason = isRefused(machine) ? machine.reason : idRule(machine.machineId)
    if (isRefused(machine)) refused.push(machine)
    else if (reason !== undefined)
      refused.push({ row: machine.row, what: 'machine', machineId: machine.machineId, reason })
    else machines.push(await takeOverMachine(machine, { store, now, apply }))
    if (reason !== undefined && machine.machineId !== undefined) lost.set(machine.machineId, machine.row)
  }
  for (const { machineId } of machines) lost.delete(machineId)
  const refusalOf = (machineId: string) => {
    const row = lost.get(machineId)
    return idRule(machineId) ?? (row && `its machine (${row}) was not taken over, and would be registered anew`)
  }
  const imported = await ImportedSignals.load(store)
  const taken = await takeOverSignals(source.signals(), { client, imported, refusalOf, apply, signal })
  return {
    source: source.kind,
    applied: apply,
    machines,
    signals: { ...taken.counts, sent: source.sentSignals },
    refused: [...refused, ...taken.refused],
    notes: [...source.notes(), ...scenarioNotes(machines, scenarios)],
  }
}

function longIdRule(machineId: string, allowLongMachineIds: boolean): string | undefined {
  if (machineIdRule(machineId, { allowLongMachineIds }) === undefined) return undefined
  const isLong = machineIdRule(machineId, { allowLongMachineIds: true }) === undefined
  return isLong
    ? `its machine id has ${machineId.length} characters, as the Python SDK makes them with a prefix: set allowLongMachineIds to true, and import again`
    : `its machine id ${printable(machineId)} is none that CAPI takes: 48 letters and digits`
}

/** CAPI tailors the blocklist to the scenarios of a login, which are the configuration's. */
function scenarioNotes(machines: readonly ImportedMachine[], configured: readonly string[]): string[] {
  const others = new Set(machines.flatMap((machine) => machine.scenarios))
  for (const scenario of configured) others.delete(scenario)
  return others.size === 0
    ? []
    : [
        `The machines reported scenarios that the configuration lacks: ${[...others].map((name) => printable(name)).join(', ')}`,
      ]
}
