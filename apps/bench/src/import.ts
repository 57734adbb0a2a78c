import { execFileSync } from 'node:child_process'
import * as z from 'zod'
import type { Contest, Numbers } from './frame/bench.js'

const GOAL_MS = 100

const PACKAGES = [
  '@cscapi/client',
  '@cscapi/signals',
  '@cscapi/storage-sqlite',
  '@cscapi/storage-postgres',
  '@cscapi/storage-redis',
] as const

const costSchema = z.object({ aloneMs: z.number(), lifeMs: z.number() })

/** Processor time of one fresh process: of the import alone, and of its whole life. */
function costOf(name: string | undefined): Numbers {
  const program = `
    const before = process.cpuUsage()
    ${name === undefined ? '' : `await import(${JSON.stringify(import.meta.resolve(name))})`}
    const [alone, life] = [process.cpuUsage(before), process.cpuUsage()]
    const ms = ({ user, system }) => (user + system) / 1_000
    console.log(JSON.stringify({ aloneMs: ms(alone), lifeMs: ms(life) }))`
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  return costSchema.parse(JSON.parse(printed))
}

/**
 * What `import` of the client, of signals and of each adapter costs, beside a program that imports
 * nothing.
 */
export const imports: Contest = {
  sides: {
    nothing: () => costOf(undefined),
    ...Object.fromEntries(PACKAGES.map((name) => [name, () => costOf(name)])),
  },
  rows: PACKAGES.flatMap((name) => [
    {
      name: `import of ${name}, CPU`,
      unit: 'ms',
      ours: [name, 'aloneMs'],
      baseline: ['nothing', 'aloneMs'],
      ...(name === '@cscapi/client' && { goal: { ours: { atMost: GOAL_MS } } }),
    },
    { name: `process that imports ${name}, CPU`, unit: 'ms', ours: [name, 'lifeMs'], baseline: ['nothing', 'lifeMs'] },
  ]),
}
