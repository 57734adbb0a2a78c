import { execFileSync } from 'node:child_process'
import { median } from './figure.js'

const ROUNDS = 7
const GOAL_MS = 100

const PACKAGES = [
  '@cscapi/client',
  '@cscapi/signals',
  '@cscapi/storage-sqlite',
  '@cscapi/storage-postgres',
  '@cscapi/storage-redis',
] as const

/** CPU of one fresh process, in milliseconds: of the import alone, and of its whole life. */
interface Cost {
  readonly alone: number
  readonly life: number
}

function costOf(file: string | undefined): Cost {
  const program = `
    const before = process.cpuUsage()
    ${file === undefined ? '' : `await import(${JSON.stringify(file)})`}
    const [alone, life] = [process.cpuUsage(before), process.cpuUsage()]
    console.log(JSON.stringify({ alone: alone.user + alone.system, life: life.user + life.system }))`
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  const { alone, life } = JSON.parse(printed) as Cost
  return { alone: alone / 1_000, life: life / 1_000 }
}

/**
 * Prints what `import` of the client, of signals and of each adapter costs, beside a program that
 * imports nothing; in turn, so that a busy moment hits all alike.
 */
export function compareImports(): void {
  const files = new Map<string, string | undefined>([
    ['nothing', undefined],
    ...PACKAGES.map((name) => [name, import.meta.resolve(name)] as const),
  ])
  const costs = new Map([...files.keys()].map((name) => [name, [] as Cost[]]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, file] of files) costs.get(name)?.push(costOf(file))
  }
  const title = `CPU of import, ms (${ROUNDS} processes)`
  process.stdout.write(`${row(title, 'median', 'min', 'max', 'whole life')}\n`)
  for (const [name, each] of costs) {
    const alone = each.map((cost) => cost.alone)
    const figures = [median(alone), Math.min(...alone), Math.max(...alone), median(each.map(({ life }) => life))]
    const isMissed = name === '@cscapi/client' && median(alone) > GOAL_MS
    process.stdout.write(
      `${row(name, ...figures.map((ms) => ms.toFixed(1)))}${isMissed ? `  MISSED: <= ${GOAL_MS}` : ''}\n`,
    )
  }
}

const row = (name: string, ...cells: readonly string[]) =>
  [name.padEnd(44), ...cells.map((cell) => cell.padStart(12))].join(' ')
