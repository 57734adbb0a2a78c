import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benches } from './benches.js'
import { keepFleetSize } from './fleet-size.js'
import { hold, type Outcome } from './frame/contest.js'
import { machine } from './frame/machine.js'
import { printHeader, printOutcome } from './frame/print.js'
import { printProfiles } from './frame/profile.js'
import { record } from './frame/record.js'
import { findServers } from './frame/servers.js'

const HELP = `pnpm bench [name…] [--rounds N] [--json] [--record] [--profile] [--small]

Measures each bench of a name that is given, or all, in fresh processes, ours and the baseline in turn.
  --rounds N how often each side is measured (default 5)
  --json     prints one line of JSON instead of the table
  --record   also puts each outcome into docs/figures.json, from which pnpm bench:quote
             writes the tables of the docs
  --profile  one round with a processor profile of each process, and where the time went
  --machines N, --workers N, --storage sqlite|postgres|redis
             of fleet alone: in place of 100,000, 64 and all three
  --small    one round at a small size; fails where a count is not what it must be

Benches: ${Object.keys(benches).join(', ')}
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
    machines: { type: 'string' },
    workers: { type: 'string' },
    storage: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(HELP)
else await run(positionals.length === 0 ? Object.keys(benches) : positionals)

async function run(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => benches[name] === undefined)
  if (unknown.length > 0) throw new Error(`There is no bench ${unknown.join(', ')}\n${HELP}`)
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds must be a whole number from 1 (got ${values.rounds})`)
  if (values.record && (values.small || values.profile))
    throw new Error('Only a whole run is recorded: leave out --small and --profile')
  const { machines, workers, storage } = values
  const isOwnFleet = (machines ?? workers ?? storage) !== undefined
  if (isOwnFleet && (names.join() !== 'fleet' || values.record))
    throw new Error('--machines, --workers and --storage are for fleet alone, in a run that is not recorded')
  keepFleetSize({ machines, workers, storage })
  const servers = values.record ? await findServers() : undefined
  const profiles = values.profile ? mkdtempSync(join(tmpdir(), 'cscapi-profiles-')) : undefined
  const outcomes: Outcome[] = []
  if (!values.json) {
    const { cores, model, node, platform } = machine
    process.stdout.write(`${cores} cores of ${model}, Node ${node}, ${platform}\n`)
    printHeader()
  }
  for (const name of names) {
    const bench = await benches[name]?.()
    if (bench === undefined) continue
    const outcome = await hold(name, bench, { isSmall: values.small, rounds, profiles })
    outcomes.push(outcome)
    // One after the other: a run that ends early keeps what it has measured.
    if (servers !== undefined) record(outcome, servers, rounds)
    if (!values.json) printOutcome(outcome)
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ machine, outcomes })}\n`)
  if (profiles !== undefined) printProfiles(profiles)
  const rows = outcomes.flatMap((outcome) => outcome.rows)
  if (rows.some(({ goal, isMet }) => goal === 'equal' && !isMet)) process.exitCode = 1
}
