import { InputError, type Signal } from '@cscapi/client'
import { type LogEvent, LogReader } from '@cscapi/inputs'
import { parseAddress } from '@cscapi/signals'
import { type Attack, Detector } from './detector.js'
import { isPublic } from './is-public.js'
import { sensorOf } from './sensor-of.js'
import { toSignal } from './to-signal.js'

/** What was found so far. */
export interface Findings {
  lines: number
  /** Lines that tell of nothing we know, or that can be read in two ways. */
  other: number
  /** The first of those that is not blank, its text printable and cut to 200 characters. */
  firstOther: { readonly line: number; readonly text: string } | undefined
  /** Events and attacks that were found but can be no signal. */
  refused: number
  firstRefused: { readonly line: number; readonly reason: string } | undefined
  attacks: number
  readonly attackers: Set<string>
  readonly scenarios: Map<string, number>
  /** Attackers whose address is not a public one. */
  readonly notPublic: Set<string>
  leftOut: number
  dropped: number
}

export interface WatchOptions {
  readonly machineIds: { readonly ssh: string; readonly web: string }
  /** Report only public addresses: nobody else can do anything with others. */
  readonly publicOnly: boolean
  /**
   * Epoch milliseconds; a clock for a log that is read while it is written. Nothing is dated later.
   */
  readonly now: number | (() => number)
  /** Times without a zone are UTC instead of this host's zone. Default: `false`. */
  readonly utc?: boolean
  readonly onProgress: (findings: Findings) => void
}

const MOST_SHOWN = 200

export function noFindings(): Findings {
  return {
    lines: 0,
    other: 0,
    firstOther: undefined,
    refused: 0,
    firstRefused: undefined,
    attacks: 0,
    attackers: new Set(),
    scenarios: new Map(),
    notPublic: new Set(),
    leftOut: 0,
    dropped: 0,
  }
}

/** Reads lines, detects attacks and yields their signals as soon as each attack is over. */
export async function* watch(
  lines: AsyncIterable<string>,
  findings: Findings,
  options: WatchOptions,
): AsyncGenerator<Signal> {
  // Apart, because the clocks of two logs may differ: syslog knows no time zone.
  const detectors = { ssh: new Detector(), web: new Detector() }
  const reader = new LogReader()
  const { now, utc = false } = options
  const detect = (events: readonly LogEvent[]) => events.flatMap((event) => detected(event, detectors, findings))
  for await (const line of lines) {
    findings.lines += 1
    if (findings.lines % 1_000 === 0) options.onProgress(findings)
    const { isOfUse, refused, events } = reader.read(line, { now: typeof now === 'number' ? now : now(), utc })
    if (!isOfUse) passOver(line, findings)
    if (refused !== undefined) refuse(findings.lines, refused, findings)
    yield* signalsOf(detect(events), findings, options)
    yield* signalsOf(detectors.ssh.advance(reader.settledAt), findings, options)
    findings.dropped = detectors.ssh.dropped + detectors.web.dropped + reader.dropped
  }
  yield* signalsOf(detect(reader.end()), findings, options)
  for (const detector of Object.values(detectors)) yield* signalsOf(detector.end(), findings, options)
  findings.dropped = detectors.ssh.dropped + detectors.web.dropped + reader.dropped
  options.onProgress(findings)
}

/** One address has one form, whichever the log gives it. */
function detected(event: LogEvent, detectors: Record<'ssh' | 'web', Detector>, findings: Findings): Attack[] {
  const address = parseAddress(event.address)
  if (address?.scope === 'Ip') return detectors[sensorOf(event)].add({ ...event, address: address.value })
  refuse(event.line ?? findings.lines, `${printable(event.address)} is no IP address`, findings)
  return []
}

function* signalsOf(
  attacks: readonly Attack[],
  findings: Findings,
  { machineIds, publicOnly }: WatchOptions,
): Generator<Signal> {
  for (const attack of attacks) {
    const { address, scenario } = attack
    const signal = signalOf(attack, machineIds, findings)
    if (signal === undefined) continue
    findings.attacks += 1
    findings.attackers.add(address)
    findings.scenarios.set(scenario, (findings.scenarios.get(scenario) ?? 0) + 1)
    if (!isPublic(address)) {
      findings.notPublic.add(address)
      if (publicOnly) {
        findings.leftOut += 1
        continue
      }
    }
    yield signal
  }
}

/** One attack that can be no signal does not end the run. */
function signalOf(attack: Attack, machineIds: WatchOptions['machineIds'], findings: Findings): Signal | undefined {
  try {
    return toSignal(attack, machineIds[sensorOf(attack)])
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    refuse(attack.line, error.message, findings)
    return undefined
  }
}

function passOver(line: string, findings: Findings): void {
  findings.other += 1
  if (line.trim() !== '') findings.firstOther ??= { line: findings.lines, text: printable(line) }
}

function refuse(line: number, reason: string, findings: Findings): void {
  findings.refused += 1
  findings.firstRefused ??= { line, reason }
}

/** What stands in a log is not always text, and may be meant for the terminal. */
function printable(text: string): string {
  return text
    .slice(0, MOST_SHOWN)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
}
