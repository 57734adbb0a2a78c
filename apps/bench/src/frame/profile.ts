import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as z from 'zod'

const TOP = 15

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

/** Prints the functions that took most of the time themselves, of every profile in the folder. */
export function printProfiles(folder: string): void {
  for (const file of readdirSync(folder)) {
    const path = join(folder, file)
    const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    const names = new Map(
      nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
        id,
        `${functionName || '(anonymous)'} ${url === '' ? '' : `${basename(url)}:${lineNumber + 1}`}`,
      ]),
    )
    const own = new Map<string, number>()
    let all = 0
    samples.forEach((id, index) => {
      const name = names.get(id) ?? '?'
      if (name.startsWith('(idle)')) return
      const us = timeDeltas[index] ?? 0
      own.set(name, (own.get(name) ?? 0) + us)
      all += us
    })
    process.stdout.write(`${path}, ${Math.round(all / 1_000)} ms\n`)
    const top = [...own].sort(([, a], [, b]) => b - a).slice(0, TOP)
    for (const [name, us] of top) process.stdout.write(`  ${((us / all) * 100).toFixed(1).padStart(5)} %  ${name}\n`)
  }
}
