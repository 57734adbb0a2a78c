import { counted } from '../output/numbers.js'
import { table } from '../output/table.js'
import type { Terminal } from '../terminal/terminal.js'
import type { ImportedMachine, ImportReport, MachineOutcome } from './report.js'

const OUTCOMES: Readonly<Record<MachineOutcome, readonly [done: string, planned: string]>> = {
  added: ['added', 'would be added'],
  completed: ['completed', 'would be completed'],
  unchanged: ['is there already', 'is there already'],
  conflict: ['conflict: the store’s password stays', 'conflict: the store’s password stays'],
}

/** Writes a report for people. */
export function printReport(terminal: Terminal, report: ImportReport): void {
  const { source, applied, machines, signals, refused, notes } = report
  terminal.line(`${applied ? 'Imported' : 'Would import'} from a ${source}`)
  if (machines.length > 0) {
    terminal.line()
    table(
      terminal,
      ['machine', 'what', 'token', 'state'],
      machines.map((machine) => rowOf(machine, applied)),
    )
  }
  terminal.line()
  terminal.line(`${counted(signals.added, 'signal')} ${applied ? 'added' : 'would be added'}`)
  const others: readonly [number, string][] = [
    [signals.before, 'taken over before'],
    [signals.duplicates, 'in the store already'],
    [signals.filtered, 'left out: private, or in neverReport'],
    [signals.sent, 'sent by the other client already: left where they are'],
  ]
  for (const [number, what] of others) if (number > 0) terminal.line(`${counted(number, 'signal')} ${what}`)
  if (refused.length > 0) {
    terminal.line()
    terminal.line(`${counted(refused.length, 'row')} left out:`)
    table(
      terminal,
      ['row', 'reason'],
      refused.map(({ row, reason }) => [row, reason]),
    )
  }
  for (const note of notes) {
    terminal.line()
    terminal.line(`${note}.`)
  }
}

function rowOf({ machineId, outcome, tokenUntil, failing }: ImportedMachine, applied: boolean): string[] {
  const what = OUTCOMES[outcome][applied ? 0 : 1]
  if (outcome === 'unchanged' || outcome === 'conflict') return [machineId, what, '', '']
  const token = tokenUntil === undefined ? 'none: logs in' : `until ${tokenUntil.slice(0, 10)}`
  return [machineId, what, token, failing ? 'failing: tried again in 1 h' : '']
}
