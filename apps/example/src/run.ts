import { access, constants } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { CapiClient, type EnrollResult, generateMachineIdFromKey, type SendReport } from '@cscapi/client'
import type { Arguments } from './arguments.js'
import { chooseLogs, readLines } from './log-lines.js'
import { count, type Output } from './output.js'
import { RULES } from './rules.js'
import { makeStorage, openTarget, type Target } from './target.js'
import { UsageError } from './usage-error.js'
import { type Findings, noFindings, watch } from './watch.js'

/** The whole demo: read, detect, queue, enroll, send, pull, tell. Returns the exit code. */
export async function run(options: Arguments, output: Output, signal: AbortSignal): Promise<number> {
  const { logs, isSample } = chooseLogs(options.log)
  assertAllowed(options, isSample)
  await assertReadable(logs)
  const target = await openTarget(options)
  try {
    const { storage, place } = await makeStorage(options.storage)
    const client = new CapiClient({
      storage,
      scenarios: RULES.map(({ scenario }) => scenario),
      environment: target.environment,
      userAgentPrefix: 'cscapi-demo',
      timeoutMs: options.timeoutMs,
      leaseMs: 4 * options.timeoutMs,
    })
    try {
      output.line(`Signals go to ${target.name}; the queue is in ${place}.`)
      return await share(client, target, options, { logs, isSample }, output, signal)
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
  { logs, isSample }: ReturnType<typeof chooseLogs>,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const key = options.machineKey ?? 'demo'
  const machineIds = { ssh: generateMachineIdFromKey(`${key} ssh`), web: generateMachineIdFromKey(`${key} web`) }
  output.line(
    `Reading ${isSample ? 'the sample logs' : logs.map((log) => (log === '-' ? 'standard input' : log)).join(', ')} …`,
  )
  const findings = noFindings()
  const attacks = watch(readLines(logs), findings, {
    machineIds,
    publicOnly: target.isReal,
    now: Date.now(),
    onProgress: ({ lines, attackers }) =>
      output.progress(`${count(lines, 'line')}, ${count(attackers.size, 'attacker')}`),
  })
  const { added, duplicates } = await client.addSignals(until(attacks, signal))
  const { pending } = await client.stats()
  tellFindings(output, findings, { added, duplicates, pending }, target.isReal)
  if (target.isReal && pending > 0 && !options.yes && !(await confirm(pending, findings, target))) {
    output.line('Nothing was sent. What was queued stays in the store.')
    return 0
  }
  const machines = Object.values(machineIds)
  const enrolled = await enroll(client, machines, target, output, signal)
  const report = await client.sendSignals({
    prune: false,
    signal,
    onProgress: ({ sent, pendingAtStart }) => output.progress(`${sent} of ${count(pendingAtStart, 'signal')} sent`),
  })
  const decisions =
    pending > 0 || !target.isReal ? await client.getDecisions({ machineId: machineIds.ssh, signal }) : undefined
  output.line()
  output.table([
    ['Lines read', findings.lines.toLocaleString('en-US')],
    ['Attackers', `${findings.attackers.size.toLocaleString('en-US')} (${count(findings.attacks, 'attack')})`],
    ['Signals queued', added.toLocaleString('en-US') + (duplicates > 0 ? `, ${duplicates} already reported` : '')],
    ['Signals sent', sentText(report)],
    [
      'Requests to send',
      `${report.requests}${report.logins > 0 ? `, ${count(report.logins, 'login')} among them` : ''}`,
    ],
    ['Machines enrolled', enrolledText(enrolled)],
    [
      'Decisions pulled',
      decisions === undefined
        ? 'none'
        : `${decisions.new.length.toLocaleString('en-US')}, and links to ${count(decisions.links.blocklists.length, 'blocklist')}`,
    ],
    ...(target.emulator === undefined ? [] : [['Seen by the emulator', seenText(target)] as const]),
  ])
  return finish(client, report, output)
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
  for (const log of logs.filter((name) => name !== '-')) {
    await access(log, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`The log ${log} cannot be read (${error.code}).`)
    })
  }
}

async function* until<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const item of items) {
    signal.throwIfAborted()
    yield item
  }
}

function tellFindings(
  output: Output,
  findings: Findings,
  queue: { added: number; duplicates: number; pending: number },
  isReal: boolean,
): void {
  output.line(
    `${count(findings.lines, 'line')} (${findings.other} tell of no failed login and no request), ${count(findings.attackers.size, 'attacker')}.`,
  )
  for (const [scenario, attacks] of findings.scenarios) output.line(`  ${scenario}: ${count(attacks, 'attack')}`)
  const { size } = findings.notPublic
  if (size > 0 && isReal)
    output.line(`${count(findings.leftOut, 'attack')} from ${count(size, 'address')} that are not public: left out.`)
  else if (size > 0)
    output.line(
      `${size} of the addresses ${size === 1 ? 'is' : 'are'} not public; the real service would not be told of ${size === 1 ? 'it' : 'them'}.`,
    )
  if (findings.dropped > 0) output.line(`${count(findings.dropped, 'address')} went unwatched: too many at once.`)
  const older = queue.pending - queue.added
  output.line(
    `${count(queue.added, 'signal')} queued${queue.duplicates > 0 ? `, ${queue.duplicates} already reported` : ''}${older > 0 ? `, ${older} left from before` : ''}.`,
  )
}

async function confirm(pending: number, { attackers }: Findings, target: Target): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`Add --yes to send ${count(pending, 'signal')} to ${target.name}.`)
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await prompt.question(
      `Send ${count(pending, 'signal')} of ${count(attackers.size, 'attacker')} to ${target.name}? [y/N] `,
    )
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

function sentText({ sent, rejected, postponed, failing }: SendReport): string {
  const others = [
    rejected > 0 ? `${rejected} rejected` : '',
    postponed > 0 ? `${postponed} put back` : '',
    failing > 0 ? `${count(failing, 'machine')} failing` : '',
  ].filter(Boolean)
  return [sent.toLocaleString('en-US'), ...others].join(', ')
}

function enrolledText(results: readonly EnrollResult[]): string {
  if (results.length === 0) return 'none (CSCAPI_ATTACHMENT_KEY is not set)'
  return results.map(({ status }) => status).join(', ')
}

function seenText({ emulator }: Target): string {
  if (emulator === undefined) return ''
  const { signals, record, machines } = emulator
  return `${count(signals.size, 'signal')} in ${count(record.count({ route: 'signals' }), 'POST')}, ${signals.duplicates().length} twice, from ${count(machines.size, 'machine')}`
}

async function finish(client: CapiClient, report: SendReport, output: Output): Promise<number> {
  const { pending, leased } = await client.stats()
  output.line()
  if (report.stopped !== undefined) {
    output.line(
      `Sending ended early (${report.stopped}); another run makes sense in ${Math.ceil((report.resumeInMs ?? 0) / 1_000)} s.`,
    )
  }
  if (leased > 0)
    output.line(
      `${count(leased, 'signal')} are held by another process, or by one that died, until its lease runs out.`,
    )
  output.line(
    pending + leased === 0
      ? 'Everything was delivered.'
      : `${count(pending + leased, 'signal')} wait in the store for the next run.`,
  )
  return pending + leased === 0 ? 0 : 1
}
