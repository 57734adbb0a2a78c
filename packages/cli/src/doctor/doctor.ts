import { oneLine } from '@cscapi/signals'
import pc from 'picocolors'
import type { Cli } from '../cli.js'
import { EXIT } from '../exit-codes.js'
import { counted } from '../output/numbers.js'
import { checkConfiguration } from './check-configuration.js'
import { checkLogin, checkNetwork } from './check-network.js'
import { checkStore } from './check-store.js'
import { type Finding, ok, skipped, type Verdict } from './finding.js'

const MARKS: { readonly [Name in Verdict]: string } = {
  ok: pc.green('ok  '),
  odd: pc.yellow('odd '),
  bad: pc.red('bad '),
  skipped: pc.dim('-   '),
}

/** Looks at everything, tells each finding as it is found, and what to do about it. */
export async function doctor(cli: Cli, { online = false, offline = false }): Promise<void> {
  const findings: Finding[] = []
  const tell = (found: readonly Finding[]) => {
    findings.push(...found)
    for (const finding of found) print(cli, finding)
  }
  tell([ok('Node.js', `${process.version}, ${process.platform} ${process.arch}`)])
  const { findings: configured, loaded } = await checkConfiguration(cli)
  tell(configured)
  if (loaded !== undefined) {
    const stored = await checkStore(cli, loaded.settings)
    tell(stored)
    // Calling during a ban prolongs it.
    const isPaused = stored.some(({ check, verdict }) => check === 'pauses' && verdict === 'bad')
    const whyNot = offline ? '--offline' : isPaused ? 'the store is paused' : undefined
    tell(await checkNetwork(cli, loaded.settings, whyNot))
    if (online) tell([whyNot === undefined ? await checkLogin(cli, loaded.settings) : skipped('login', whyNot)])
  }
  const [bads, odds] = (['bad', 'odd'] as const).map(
    (verdict) => findings.filter((one) => one.verdict === verdict).length,
  )
  if (!cli.json) cli.terminal.line(`${counted(bads ?? 0, 'thing')} to put right, ${odds ?? 0} worth a look`)
  if (bads !== 0) cli.exitWith(EXIT.findings)
}

function print({ json, terminal }: Cli, finding: Finding): void {
  const { check, verdict, found, advice } = finding
  if (json) {
    terminal.json(finding)
    return
  }
  terminal.write(`${MARKS[verdict]} ${pc.bold(oneLine(check))}: ${oneLine(found)}\n`)
  if (advice !== undefined) terminal.write(`     ${pc.dim('→')} ${oneLine(advice)}\n`)
}
