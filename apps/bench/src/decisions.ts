import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { peers } from './decisions-peers.js'

const PROCESS = fileURLToPath(new URL('./decisions-process.js', import.meta.url))
const SIZES = [15_000, 50_000, 1_000_000]

interface Measured {
  readonly buildMs: number
  readonly bytes: number
  readonly hitNs: number
  readonly nearNs: number
  readonly farNs: number
}

/**
 * Builds, looks up and weighs blocklists of each size with ours and with peers, and prints a table
 * in Markdown.
 */
export async function compareDecisions(): Promise<void> {
  process.stdout.write(
    '| entries | | build, ms | hit, ns | near miss, ns | far miss, ns | memory, MB |\n| ---: | --- | ---: | ---: | ---: | ---: | ---: |\n',
  )
  for (const size of SIZES) {
    for (const name of Object.keys(peers)) {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--max-old-space-size=4096', PROCESS, name, String(size)],
        {
          timeout: 300_000,
        },
      )
      const { buildMs, bytes, hitNs, nearNs, farNs }: Measured = JSON.parse(stdout)
      const numbers = [...[buildMs, hitNs, nearNs, farNs].map(Math.round), (bytes / 1e6).toFixed(1)]
      process.stdout.write(`| ${size.toLocaleString('en-US')} | ${name} | ${numbers.join(' | ')} |\n`)
    }
  }
}
