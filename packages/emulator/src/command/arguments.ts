import { parseArgs } from 'node:util'
import { InputError } from '@cscapi/signals'
import { readDecisionFile } from '../decisions/decision-file.js'
import { MOST_DECISIONS } from '../decisions/seeds.js'
import type { EmulatorOptions } from '../options.js'

export const USAGE = `Usage: cscapi-emulator [options]

A local CrowdSec Central API for tests and offline work. Listens on 127.0.0.1 only.

Options:
  --port N                   port to listen on, to 65535; 0 takes any free one
                             (default 8088)
  --strict                   refuse request bodies that break the CAPI swagger
  --decisions N|FILE         hand out N generated decisions (at most 1000000,
                             default 0), or those of FILE (one value a line, or
                             JSON; allowlists and blocklists too)
  --latency-ms N             hold back every answer by N milliseconds, to 600000
                             (default 0)
  --decision-deltas          answer each machine with what changed since its last
                             answer, as a server with a memory does
  --accept-unknown-machines  register machines at their first login: clients that
                             registered before a restart go on working
  --any-machine-id           let machines log in whose id has not 48 characters;
                             not together with --strict
  --json                     print the address as one line of JSON
  --quiet                    no line per request on standard error
  --help                     print this
  --version                  print the version

Examples:
  npx @cscapi/emulator --decisions 1000
  npx @cscapi/emulator --port 0 --json --quiet
  npx @cscapi/emulator --decisions blocked.txt --accept-unknown-machines
`

export type Arguments =
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | {
      readonly action: 'listen'
      readonly port: number
      readonly json: boolean
      readonly quiet: boolean
      readonly options: EmulatorOptions
    }

/**
 * Reads what stands on the command line.
 *
 * @throws InputError, or what `parseArgs` of `node:util` says about an unknown flag
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, tokens } = parseArgs({
    args: [...argv],
    strict: true,
    allowPositionals: false,
    tokens: true,
    options: {
      port: { type: 'string', default: '8088' },
      strict: { type: 'boolean', default: false },
      decisions: { type: 'string', default: '0' },
      'latency-ms': { type: 'string', default: '0' },
      'decision-deltas': { type: 'boolean', default: false },
      'accept-unknown-machines': { type: 'boolean', default: false },
      'any-machine-id': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
    },
  })
  if (values.help) return { action: 'help' }
  if (values.version) return { action: 'version' }
  assertGivenOnce(tokens)
  if (values.strict && values['any-machine-id']) {
    const rule = 'cannot be given with --strict, which asks for ids of 48 characters'
    throw new InputError('Arguments', [{ path: '--any-machine-id', value: 'true', rule }])
  }
  const seeds = /^\d+$/.test(values.decisions)
    ? { decisions: wholeNumber('--decisions', values.decisions, MOST_DECISIONS) }
    : readDecisionFile(values.decisions)
  return {
    action: 'listen',
    port: wholeNumber('--port', values.port, 65_535),
    json: values.json,
    quiet: values.quiet,
    options: {
      ...seeds,
      strict: values.strict,
      latencyMs: wholeNumber('--latency-ms', values['latency-ms'], 600_000),
      decisionDeltas: values['decision-deltas'],
      acceptUnknownMachines: values['accept-unknown-machines'],
      requireMachineIdLength: !values['any-machine-id'],
      // It may run for weeks, and nobody can ask this process for its record.
      recordRequests: 'summary',
      recordSignals: 'none',
    },
  }
}

/** Refuses a value that another would replace in silence; a flag without one may be repeated. */
function assertGivenOnce(tokens: readonly { kind: string; name?: string; value?: unknown }[]): void {
  const given = tokens.filter(({ kind, value }) => kind === 'option' && value !== undefined)
  const issues = given
    .filter(({ name }, index) => given.findIndex((other) => other.name === name) < index)
    .map(({ name, value }) => ({ path: `--${name}`, value: String(value), rule: 'must be given once' }))
  if (issues.length > 0) throw new InputError('Arguments', issues)
}

function wholeNumber(path: string, value: string, maximum: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number <= maximum) return number
  throw new InputError('Arguments', [{ path, value, rule: `must be a whole number from 0 to ${maximum}` }])
}
