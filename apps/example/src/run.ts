import { once } from 'node:events'
import type { BigIntStats } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { AbortedError, CapiClient, type EnrollResult, generateMachineIdFromKey, isCscapiError } from '@cscapi/client'
import { distrustSplitRecords } from '@cscapi/inputs'
import { printableUrl } from '@cscapi/signals'
import type { Arguments } from './arguments.js'
import { assertText, type ChosenLogs, chooseLogs, readLines } from './log-lines.js'
import { count, type Output } from './output.js'
import { SCENARIOS } from './rules.js'
import { type Blocklist, tellLeft, tellRest, tellResults, waitText } from './summary.js'
import { makeStorage, openTarget, type Target } from './target.js'
import { tellFindings } from './tell-findings.js'
import { UsageError } from './usage-error.js'
import { type Findings, noFindings, watch } from './watch.js'

/** The whole demo: read, detect, queue, enroll, send, pull, tell. Returns the exit code. */
export async function run(options: Arguments, output: Output, signal: AbortSignal): Promise<number> {
  const chosen = await chooseLogs(options.log)
  assertAllowed(options, chosen.isSample)
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
      timeoutMs: options.timeoutMs,
      leaseMs: 4 * options.timeoutMs,
      fetch: (input, init) => {
        if (init?.method === 'POST' && String(input).endsWith('/signals')) posts.count += 1
        return fetch(input, init)
      },
    })
    try {
      output.line(`Signals go to ${target.name}; the queue is in ${place}.`)
      return await share(client, target, options, chosen, posts, output, signal)
    } catch (error) {
      const isStopped = signal.aborted || error instanceof AbortedError
      const left = await client.stats().catch(() => undefined)
      if (left !== undefined) tellLeft(output, isStopped ? 'Stopped' : 'Failed', left, place)
      if (!isStopped) throw error
      return 1
    } finally {
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
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const key = options.machineKey ?? 'demo'
  const machineIds = { ssh: generateMachineIdFromKey(`${key} ssh`), web: generateMachineIdFromKey(`${key} web`) }
  output.line(`Reading ${chosen.isSample ? 'the sample logs' : chosen.logs.map(nameOf).join(', ')} …`)
  const findings = noFindings()
  const attacks = watch(distrustSplitRecords(readLines(chosen.logs, signal)), findings, {
    machineIds,
    publicOnly: target.isReal,
    now: Date.now,
    utc: options.utc,
    onProgress: ({ lines, attackers }) =>
      output.progress(`${count(lines, 'line')}, ${count(attackers.size, 'attacker')}`),
  })
  const queued = { ...(await client.addSignals(attacks)), pending: (await client.stats()).pending }
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
  tellResults(output, target, { findings, queued, enrolled, report, posts: posts.count, blocklist })
  const stats = await client.stats()
  tellRest(output, stats, report, findings)
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
