import { PAUSE_REASONS, readPause } from '@cscapi/core'
import type { ClientContext } from '../context.js'

type Sample = readonly [labels: string, value: number]

/** Writes the Prometheus text exposition format, version 0.0.4. Costs what `stats()` costs. */
export async function prometheusText({ storage, authenticator, counts }: ClientContext): Promise<string> {
  const [stats, pause, loginsLeft] = await Promise.all([
    storage.stats(),
    readPause(storage),
    authenticator.loginsLeft(),
  ])
  const { pending, leased, sent, rejected, machines, failing, oldestPendingMs = 0 } = stats
  const pausedMs = (reason: string) => (pause?.reason === reason ? pause.remainingMs : 0)
  const families = [
    family('gauge', 'cscapi_signals_pending', 'Signals that wait in the store.', pending),
    family('gauge', 'cscapi_signals_leased', 'Signals that are being sent.', leased),
    family('gauge', 'cscapi_signals_rejected', 'Dead letters in the store.', rejected),
    family('counter', 'cscapi_signals_sent_total', 'Signals that CAPI took, since the store was made.', sent),
    family(
      'gauge',
      'cscapi_oldest_signal_seconds',
      'Age of the oldest signal that is not sent yet.',
      oldestPendingMs / 1_000,
    ),
    family('gauge', 'cscapi_machines', 'Machines in the store.', machines),
    family('gauge', 'cscapi_machines_failing', 'Machines that CAPI refuses.', failing),
    family(
      'gauge',
      'cscapi_paused_seconds',
      'How long every process of the store still waits, by reason.',
      ...PAUSE_REASONS.map((reason) => [`reason="${reason}"`, pausedMs(reason) / 1_000] as const),
    ),
    family('counter', 'cscapi_requests_total', 'Requests of this process, by endpoint and status.', ...counts.requests),
    family('counter', 'cscapi_logins_total', 'Logins of this process.', counts.logins),
    ...(loginsLeft === undefined
      ? []
      : [family('gauge', 'cscapi_login_budget_left', 'Logins that the budget leaves now.', loginsLeft)]),
  ]
  return `${families.flat().join('\n')}\n`
}

function family(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  ...values: readonly (number | Sample)[]
): string[] {
  const samples = values.map((value) =>
    typeof value === 'number' ? `${name} ${value}` : `${name}{${value[0]}} ${value[1]}`,
  )
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples]
}
