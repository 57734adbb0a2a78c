import { InputError, type Signal } from '@cscapi/client'
import ipaddr from 'ipaddr.js'
import { type Attack, Detector } from './detector.js'
import { readLine, sensorOf } from './log-event.js'
import { toSignal } from './to-signal.js'

/** What was found so far. */
export interface Findings {
  lines: number
  /** Lines that tell of nothing we know. */
  other: number
  /** The first of those, its text printable and cut. */
  firstOther: { readonly line: number; readonly text: string } | undefined
  /** Attacks that were found but can be no signal. */
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
  /** Epoch milliseconds; a clock for a log that is read while it is written. */
  readonly now: number | (() => number)
  /** Times without a zone are UTC instead of this host's zone. Default: `false`. */
  readonly utc?: boolean
  readonly onProgress: (findings: Findings) => void
}

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
  for await (const line of lines) {
    findings.lines += 1
    if (findings.lines % 1_000 === 0) options.onProgress(findings)
    const { now, utc = false } = options
    const event = readLine(line, typeof now === 'number' ? now : now(), { utc })
    if (event === undefined || !ipaddr.isValid(event.address)) {
      findings.other += 1
      findings.firstOther ??= { line: findings.lines, text: line.slice(0, 200) }
    } else yield* signalsOf(detectors[sensorOf(event)].add(event), findings, options)
    findings.dropped = detectors.ssh.dropped + detectors.web.dropped
  }
  for (const detector of Object.values(detectors)) yield* signalsOf(detector.end(), findings, options)
  options.onProgress(findings)
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
    findings.refused += 1
    findings.firstRefused ??= { line: findings.lines, reason: error.message }
    return undefined
  }
}

function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast'
}
