import { printable } from '@cscapi/signals'
import type { RefusedRow, SourceMachine } from '../source.js'
import { flawsOf, machineRow } from './rows.js'

/** Reads rows of `machine_models`, in order of `id`. The last row of a machine is the one that counts. */
export function readMachines(rows: readonly unknown[]): (SourceMachine | RefusedRow)[] {
  const read = rows.map(readMachine)
  const last = new Map(read.map(({ machineId, row }) => [machineId, row]))
  return read.map((machine) => {
    const { machineId, row } = machine
    const newest = last.get(machineId)
    if (machineId === undefined || newest === row) return machine
    return { row, what: 'machine', reason: `an older row of machine ${printable(machineId)}: ${newest} counts` }
  })
}

function readMachine(given: unknown): SourceMachine | RefusedRow {
  const row = `machine_models row ${printable(Reflect.get(Object(given), 'id'))}`
  const refuse = (reason: string, machineId?: string): RefusedRow => ({ row, what: 'machine', machineId, reason })
  const parsed = machineRow.safeParse(given)
  const named: unknown = Reflect.get(Object(given), 'machine_id')
  if (!parsed.success) return refuse(flawsOf(parsed.error), typeof named === 'string' ? named : undefined)
  const { machine_id: machineId, password, token, scenarios, is_failing: isFailing } = parsed.data
  if (!machineId) return refuse('machine_id: is empty')
  if (!password) return refuse('password: is empty', machineId)
  return {
    row,
    machineId,
    password,
    token: token || undefined,
    scenarios: (scenarios ?? '').split(',').filter((scenario) => scenario !== ''),
    failing: isFailing ? 'the Python SDK' : undefined,
  }
}
