// Measures one side of a bench, which its parent names in a message, and answers with one.
import { once } from 'node:events'
import { benches } from './benches.js'
import type { Answer, Task } from './measure.js'

const [task]: Task[] = await once(process, 'message')
if (task === undefined) throw new Error('Nothing to measure was named')
const bench = await benches[task.bench]?.()
if (bench === undefined) throw new Error(`There is no bench ${task.bench}`)
const answer = { numbers: {}, figures: [] }
if ('figures' in bench) Object.assign(answer, { figures: await bench.figures(task) })
else {
  const side = bench.sides[task.side ?? '']
  if (side === undefined) throw new Error(`${task.bench} has no side ${task.side}`)
  Object.assign(answer, { numbers: await side(task) })
}
const { user, system } = process.cpuUsage()
process.send?.({ ...answer, cpuMs: (user + system) / 1_000 } satisfies Answer)
process.disconnect()
