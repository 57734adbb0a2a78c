import { once } from 'node:events'
import type { BigIntStats } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  AbortedError,
  CapiClient,
  type EnrollResult,
  generateMachineIdFromKey,
  isCscapiError,
  type Signal,
} from '@cscapi/client'
import { distrustSplitRecords } from '@cscapi/inputs'
import { printableUrl } from '@cscapi/signals'
import type { Arguments } from './arguments.js'
import { SCENARIOS } from './detectors.js'
import { assertText, type ChosenLogs, chooseLogs, readLines } from './log-lines.js'
import { count, type Output } from './output.js'
import { paced } from './pace.js'
import { openInBrowser, servePage } from './page.js'
import { sense } from './sense.js'
import { type Blocklist, tellLeft, tellRest, tellResults, waitText } from './summary.js'
import { makeStorage, openTarget, type Target } from './target.js'
import { tellFindings } from './tell-findings.js'
import { UsageError } from './usage-error.js'
import { type Findings, noFindings, watch } from './watch.js'
import { tellWelcome } from './welcome.js'

/** How long the sample takes to be read line by line, and how long the page stays after it. */
const LINE_PAUSE_MS = 100
const PAGE_STAYS_MS = 10_000

/** The whole demo: read, detect, queue, enroll, send, pull, tell. Returns the exit code. */
export async function run(options: Arguments, output: Output, signal: AbortSignal): Promise<number> {
  const isSensor = options.follow.length > 0 || options.honeypot !== undefined
  const chosen = isSensor ? { logs: [], isSample: false } : await chooseLogs(options.log)
  assertAllowed(options, chosen.isSample)
  if (isSensor) assertAgreed(options)
  await assertReadable(chosen.logs)
  await assertText(chosen.logs)
  const target = await openTarget(options)
  const posts = { count: 0 }
  try {
    const { storage, place } = await makeStorage(options.storage)
    const client = new CapiClient({
      storage,
      scenarios: SCENARIOS,
      environment: target.environment,
      userAgentPrefix: 'cscapi-demo',
      allowPrivate: !target.isReal,
      neverReport: [...options.neverReport],
      timeoutMs: options.timeoutMs,
      leaseMs: 4 * options.timeoutMs,
      fetch: (input, init) => {
        if (init?.method === 'POST' && String(input).endsWith('/signals')) posts.count += 1
        return fetch(input, init)
      },
    })
    const page = isSensor || chosen.isSample ? await servePage(client, isSensor) : undefined
    try {
      if (chosen.isSample && page !== undefined) tellWelcome(output, page.url)
      else if (page !== undefined) output.line(`The operations page: ${page.url}`)
      if (options.open && page !== undefined && !(await openInBrowser(page.url)))
        output.line('There is no browser here that --open could use.')
      output.line(`Signals go to ${target.name}; the queue is in ${place}.`)
      if (!isSensor) return await share(client, target, options, chosen, posts, page?.url, output, signal)
      const machineId = generateMachineIdFromKey(options.machineKey ?? 'demo')
      await sense(client, storage, { ...options, machineId }, output, signal)
      tellLeft(output, 'Stopped', await client.stats(), place)
      return 0
    } catch (error) {
      const isStopped = signal.aborted || error instanceof AbortedError
      const left = await client.stats().catch(() => undefined)
      if (left !== undefined) tellLeft(output, isStopped ? 'Stopped' : 'Failed', left, place)
      if (!isStopped) throw error
      return 1
    } finally {
      await page?.close()
      await client.close()
    }
  } finally {
    await target.close()
  }
}

async function share(
  client: CapiClient,
  target: Target,
  options: Arguments,
  chosen: ChosenLogs,
  posts: { readonly count: number },
  page: string | undefined,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const key = options.machineKey ?? 'demo'
  const machineIds = { ssh: generateMachineIdFromKey(`${key} ssh`), web: generateMachineIdFromKey(`${key} web`) }
  output.line(`Reading ${chosen.isSample ? 'the sample logs' : chosen.logs.map(nameOf).join(', ')} …`)
  const findings = noFindings()
  const isSlow = chosen.isSample && !options.once
  const lines = readLines(chosen.logs, signal)
  const seen = isSlow ? paced(lines, LINE_PAUSE_MS, (ms) => sleep(ms, undefined, { signal })) : lines
  const attacks = watch(distrustSplitRecords(seen), findings, {
    machineIds,
    publicOnly: target.isReal,
    now: Date.now,
    utc: options.utc,
    onProgress: ({ lines, attackers }) =>
      output.progress(`${count(lines, 'line')}, ${count(attackers.size, 'attacker')}`),
  })
  const added = await (isSlow ? addOneByOne(client, attacks, output) : client.addSignals(attacks))
  const queued = { ...added, pending: (await client.stats()).pending }
  tellFindings(output, findings, queued, target.isReal)
  signal.throwIfAborted()
  if (
    target.isReal &&
    queued.pending > 0 &&
    !options.yes &&
    !(await confirm(queued.pending, findings, target, signal))
  ) {
    output.line(`Nothing was sent. ${waitText(queued.pending)}.`)
    return 0
  }
  const enrolled = await enroll(client, Object.values(machineIds), target, output, signal)
  const report = await client.sendSignals({
    prune: false,
    signal,
    onProgress: ({ sent, pendingAtStart }) => output.progress(`${sent} of ${count(pendingAtStart, 'signal')} sent`),
  })
  const blocklist: Blocklist =
    queued.pending > 0 || !target.isReal ? await pull(client, machineIds.ssh, findings, signal) : 'not pulled'
  tellResults(output, target, { findings, queued, enrolled, report, posts: posts.count, blocklist, page })
  const stats = await client.stats()
  tellRest(output, stats, report, findings)
  if (isSlow) {
    output.line(`The page stays for ${PAGE_STAYS_MS / 1_000} s more; Ctrl-C ends it now.`)
    await sleep(PAGE_STAYS_MS, undefined, { signal }).catch(() => undefined)
  }
  return stats.pending + stats.leased === 0 && !isCscapiError(blocklist) ? 0 : 1
}

/** The bundled sample is nobody’s attack, and machine ids of the same key would be everybody’s. */
function assertAllowed({ environment, machineKey }: Arguments, isSample: boolean): void {
  if (environment !== 'development' && environment !== 'production') return
  if (isSample)
    throw new UsageError(
      `--environment ${environment} needs --log FILE or a log on standard input; the sample is never sent there.`,
    )
  if (machineKey === undefined) {
    throw new UsageError(
      `--environment ${environment} needs --machine-key TEXT, a name of your own that the machine ids are made from.`,
    )
  }
}

/** Each attack goes into the store when it is over, so that one sees it come. */
async function addOneByOne(client: CapiClient, attacks: AsyncIterable<Signal>, output: Output) {
  const sum = { added: 0, duplicates: 0 }
  for await (const attack of attacks) {
    const { added, duplicates } = await client.addSignals([attack])
    sum.added += added
    sum.duplicates += duplicates
    output.line(`  ${attack.message}`)
  }
  return sum
}

/** A sensor asks nobody while it runs. */
function assertAgreed({ environment, yes }: Arguments): void {
  if ((environment === 'development' || environment === 'production') && !yes)
    throw new UsageError(`Add --yes to send to CrowdSec’s ${environment} service whatever the sensor finds.`)
}

async function assertReadable(logs: readonly string[]): Promise<void> {
  const seen = new Map<string, string>()
  for (const log of logs) {
    const found = log === '-' ? undefined : await statReadable(log)
    if (found?.isDirectory()) throw new UsageError(`The log ${log} is a folder: name a file in it.`)
    const file = found === undefined ? log : `${found.dev} ${found.ino}`
    const before = seen.get(file)
    if (before !== undefined)
      throw new UsageError(`The log ${nameOf(log)} is the same as ${nameOf(before)}: what is in it would count twice.`)
    seen.set(file, log)
  }
}

async function statReadable(log: string): Promise<BigIntStats> {
  try {
    await access(log, constants.R_OK)
    return await stat(log, { bigint: true })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UsageError(`The log ${nameOf(log)} cannot be read (${code}).`)
  }
}

/** A URL in the wrong place is no file, and may hold a password. */
function nameOf(log: string): string {
  if (log.includes('://')) return printableUrl(log)
  return log === '-' ? 'standard input' : log
}

async function confirm(
  pending: number,
  { attackers }: Findings,
  target: Target,
  signal: AbortSignal,
): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`Add --yes to send ${count(pending, 'signal')} to ${target.name}.`)
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  // The prompt takes Ctrl-C from the terminal; Ctrl-D ends it without an answer.
  prompt.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const ended = once(prompt, 'close').then(() => '')
  const question = `Send ${count(pending, 'signal')} of ${count(attackers.size, 'attacker')} to ${target.name}? [y/N] `
  try {
    const answer = await Promise.race([prompt.question(question, { signal }).catch(() => ''), ended])
    signal.throwIfAborted()
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    prompt.close()
  }
}

async function enroll(
  client: CapiClient,
  machineIds: string[],
  target: Target,
  output: Output,
  signal: AbortSignal,
): Promise<EnrollResult[]> {
  const attachmentKey = target.isReal ? process.env.CSCAPI_ATTACHMENT_KEY : 'demokey'
  if (attachmentKey === undefined || attachmentKey === '') return []
  output.progress('Enrolling …')
  return client.enrollMachines({ machineIds, attachmentKey, name: 'cscapi demo', tags: ['demo'], signal })
}

/**
 * Pulls the blocklist, and looks up who of the attackers is on it already. A pull that fails takes
 * nothing from what was sent.
 */
async function pull(
  client: CapiClient,
  machineId: string,
  { attackers }: Findings,
  signal: AbortSignal,
): Promise<Blocklist> {
  try {
    const report = await client.pullDecisions({ machineId, signal })
    const decisions = await client.decisions()
    return { report, known: [...attackers].filter((address) => decisions.check(address) !== undefined).length }
  } catch (error) {
    if (!isCscapiError(error) || error instanceof AbortedError) throw error
    return error
  }
}
