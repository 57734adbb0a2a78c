import { notRecorded, sourceOf, type Table, tableOf } from './frame/quote.js'
import type { RecordedRun } from './frame/record.js'

const STORES = ['SQLite', 'PostgreSQL', 'Redis']
const DAY_S = 86_400
/** What a machine under attack reports in a day, in this reckoning: one signal a minute. */
const SIGNALS_OF_MACHINE = 1_440
/** The part of the measured rate that is planned with: the rest is for peaks and for backlogs. */
const PLANNED = 0.5

const whole = (value: number) => Math.floor(value).toLocaleString('en-US')

function rateOf({ rows }: RecordedRun, name: string): number {
  const row = rows.find((each) => each.name === name)
  if (row === undefined) throw new Error(`The bench send has no row ${name}`)
  return row.ours.median
}

/** What one process with one store carries, by the rates at which it was measured to send. */
export const capacity: Table = ({ send }) => {
  if (send === undefined) return notRecorded('send')
  const lines = STORES.map((store) => {
    const rate = rateOf(send, `send, ${store}`)
    const perDay = rate * PLANNED * DAY_S
    const perCpuSecond = rateOf(send, `send, ${store}, a CPU second`)
    return [store, whole(rate), whole(perCpuSecond), whole(perDay), whole(perDay / SIGNALS_OF_MACHINE)]
  })
  const header = ['store', 'signals a second', 'signals a CPU second', 'planned a day', 'machines']
  return `${tableOf(header, lines)}\n\nFrom ${sourceOf(send)}`
}
