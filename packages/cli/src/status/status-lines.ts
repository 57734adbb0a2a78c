import { oneLine } from '@cscapi/signals'
import pc from 'picocolors'
import { count } from '../output/numbers.js'
import { ago, duration } from '../output/times.js'
import type { Status } from './read-status.js'

/** CAPI is asked at most this often; the last pull is told from when the next one may be. */
const PULL_EVERY_MS = 2 * 3_600_000

/** What needs somebody's eye has a colour. */
type Row = readonly [name: string, value: string, tone?: 'bad' | 'odd' | undefined]

const TONES = { bad: pc.red, odd: pc.yellow } as const

/** A status as people read it: a name and a value a line. */
export function statusLines(status: Status): string[] {
  const rows = [...queueRows(status), ...pauseRows(status), ...blocklistRows(status)]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value, tone]) => {
    const text = oneLine(value)
    return `${pc.dim(name.padEnd(width))}  ${tone === undefined ? text : TONES[tone](text)}`
  })
}

function queueRows({ environment, storage, queue, failing }: Status): Row[] {
  const { pending, leased, sent, rejected, machines, oldestPendingMs } = queue
  const unnamed = queue.failing - failing.length
  return [
    [
      'environment',
      environment ?? 'none yet: nothing was added or sent',
      environment === undefined ? 'odd' : undefined,
    ],
    ['storage', storage],
    ['waiting', `${count(pending)}${leased > 0 ? `, and ${count(leased)} being sent now` : ''}`],
    ['oldest waits', oldestPendingMs === undefined ? '-' : `for ${duration(oldestPendingMs)}`],
    ['sent', count(sent)],
    [
      'rejected',
      rejected === 0 ? '0' : `${count(rejected)} (cscapi signals rejected)`,
      rejected > 0 ? 'odd' : undefined,
    ],
    ['machines', count(machines)],
    [
      'failing',
      queue.failing === 0 ? '0' : `${count(queue.failing)} (cscapi machines revive tries again)`,
      queue.failing > 0 ? 'bad' : undefined,
    ],
    ...failing.map(
      ({ machineId, reason, message, sinceMs, retryInMs }): Row => [
        '',
        `${machineId}: ${reason}${message === undefined ? '' : ` (${message})`}, for ${duration(sinceMs)}, next try in ${duration(Math.max(0, retryInMs))}`,
        'bad',
      ],
    ),
    ...(unnamed > 0 ? [['', `and ${count(unnamed)} more: cscapi machines ls --failing`] as Row] : []),
  ]
}

function pauseRows({ pause, loginsLeft }: Status): Row[] {
  return [
    pause === undefined
      ? ['paused', 'no']
      : [
          'paused',
          `${pause.reason}, ends in ${duration(pause.endsInMs)}${pause.message === undefined ? '' : `: ${pause.message}`}`,
          'bad',
        ],
    ['logins left', `${count(loginsLeft)} of 20 in 50 minutes`, loginsLeft === 0 ? 'odd' : undefined],
  ]
}

function blocklistRows({ blocklist: { pulled, nextPullInMs, lists } }: Status): Row[] {
  if (!pulled) return [['last pull', 'never']]
  const last = nextPullInMs === undefined ? 'more than 2h ago' : ago(PULL_EVERY_MS - nextPullInMs)
  return [
    ['last pull', last],
    [
      'lists',
      lists.length === 0
        ? 'none'
        : `${count(lists.length)}: ${lists.slice(0, 5).join(', ')}${lists.length > 5 ? ', …' : ''}`,
    ],
  ]
}
