import { FORMAT_NAMES, type FormatName } from '@cscapi/inputs'
import { parseAddress, printableUrl } from '@cscapi/signals'
import { Command } from 'commander'
import { UsageError } from './usage-error.js'

export interface Arguments {
  /** Files, or `-` for standard input; empty: the sample. */
  readonly log: readonly string[]
  /** Times without a zone are UTC; otherwise those of this host. */
  readonly utc: boolean
  /**
   * `memory:`, `sqlite:PATH`, or a URL of PostgreSQL or Redis; `undefined`: a new file in the
   * temporary folder.
   */
  readonly storage: string | undefined
  readonly environment: 'emulator' | 'development' | 'production' | { readonly baseUrl: string }
  readonly machineKey: string | undefined
  readonly yes: boolean
  readonly timeoutMs: number
  /**
   * Where the emulator of this process listens; `undefined`: {@link EMULATOR_PORT}, or, if that is
   * taken and no store is kept, any free one.
   */
  readonly emulatorPort: number | undefined
  /** Ends at once: nothing is slowed down, and the page does not stay. */
  readonly once: boolean
  /** Shows the page in a browser. */
  readonly open: boolean
  /** Logs that are read while they are written, until the process is stopped. */
  readonly follow: readonly FollowedLog[]
  readonly honeypot: ListenAt | undefined
  /** Addresses and ranges that nobody is told of. */
  readonly neverReport: readonly string[]
}

/** A log, and what writes it. */
export interface FollowedLog {
  readonly format: FormatName
  readonly path: string
}

/** Where a server listens. */
export interface ListenAt {
  readonly host: string
  readonly port: number
}

/** Always the same, so that a store that is kept belongs to the emulator of the next run too. */
export const EMULATOR_PORT = 8_099

/**
 * Reads the command line; prints help or what is wrong, and ends the process then.
 *
 * @throws UsageError for a value that cannot be one, or a flag that is given twice. Commander's own
 * error would quote the value, and a URL in the wrong place has a password in it all the same.
 */
export function readArguments(argv: readonly string[], version: string): Arguments {
  const program = new Command('demo')
    .description(
      'Reads an sshd, nginx or Apache log, detects attacks, and shares them with CrowdSec: by default with a local emulator of its Central API.',
    )
    .version(version)
    .option('--log <file>', 'a log to read, - for standard input; may be repeated (default: a small sample)', collect)
    .option('--utc', 'the logs’ times that have no zone are UTC (default: the zone of this computer)')
    .option(
      '--storage <url>',
      'memory:, sqlite:PATH, postgres://HOST/DATABASE or redis://HOST:PORT; what is queued there is sent too (default: a new file in the temporary folder)',
      storageUrl,
    )
    .option(
      '--environment <name>',
      'emulator, development, production, or the URL of a running emulator, e.g. http://127.0.0.1:8088/v3',
      environment,
      'emulator',
    )
    .option(
      '--emulator-port <number>',
      `where the emulator that is started here listens; a store that is kept needs the same one at each run (default: ${EMULATOR_PORT})`,
      port,
    )
    .option('--machine-key <text>', 'what the ids of the two machines are made from; needed for the real service')
    .option('--timeout-ms <number>', 'how long one call to CAPI may take, in milliseconds', milliseconds, 30_000)
    .option('--yes', 'send to the real service without asking')
    .option('--once', 'end at once: do not slow the sample down, do not let the page stay')
    .option('--open', 'show the operations page in a browser')
    .option(
      '--follow <format=file>',
      'be a sensor: follow a log while it is written, e.g. sshd=/var/log/auth.log, until Ctrl-C; may be repeated',
      followedLog,
    )
    .option('--honeypot <address>', 'be a sensor with an HTTP honeypot on [HOST:]PORT, until Ctrl-C', listenAt)
    .option('--never-report <network>', 'an address or range that is never reported; may be repeated', network)
    .addHelpText(
      'after',
      `
Examples:
  demo                                          the sample, to the emulator
  demo --log /var/log/auth.log                  your log, to the emulator
  demo --log access.log --environment production --machine-key my-sensor
  demo --follow sshd=/var/log/auth.log --honeypot 8080 --storage sqlite:sensor.db

Machines are enrolled on the real service only if CSCAPI_ATTACHMENT_KEY is set.
CSCAPI_DEBUG=1 shows the stack of an error.`,
    )
    .configureOutput({ outputError: (text, write) => write(`${withoutValues(text)}\n`) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  refuseSecond(program)
  const given = program.parse([...argv]).opts<GivenOptions>()
  const flags = { utc: false, yes: false, once: false, open: false }
  const lists = { log: [], follow: [], neverReport: [] }
  const optional = { storage: undefined, emulatorPort: undefined, machineKey: undefined, honeypot: undefined }
  const options = { ...flags, ...lists, ...optional, ...given }
  if (options.log.length > 0 && (options.follow.length > 0 || options.honeypot !== undefined))
    throw new UsageError('--log reads a log to its end; --follow and --honeypot go on: give the one or the others.')
  return options
}

/** As commander gives them: what has no default may be missing. */
type GivenOptions = Pick<Arguments, 'environment' | 'timeoutMs'> & Partial<Arguments>

/** The last of two would win, and nobody would learn that the first one did not. */
function refuseSecond(program: Command): void {
  for (const name of [
    'utc',
    'storage',
    'environment',
    'emulator-port',
    'machine-key',
    'timeout-ms',
    'yes',
    'once',
    'open',
    'honeypot',
  ]) {
    let isGiven = false
    program.on(`option:${name}`, () => {
      if (isGiven) throw new UsageError(`--${name} is given twice.`)
      isGiven = true
    })
  }
}

/**
 * On one line, and without what follows a mistyped flag: `--storge=postgres://user:password@host`,
 * `-shunter2`.
 */
function withoutValues(text: string): string {
  return text
    .trim()
    .replace(/'(--[^'=]*|-[^-]).*'/s, "'$1'")
    .replaceAll('\n', ' ')
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value]
}

function network(value: string, previous: readonly string[] = []): string[] {
  if (parseAddress(value) !== undefined) return [...previous, value]
  throw new UsageError('--never-report must be an address or a range, such as 198.51.100.0/24.')
}

function followedLog(value: string, previous: readonly FollowedLog[] = []): FollowedLog[] {
  const [, name, path] = /^([a-z0-9-]+)=(.+)$/s.exec(value) ?? []
  const format = FORMAT_NAMES.find((known) => known === name)
  if (format !== undefined && path !== undefined) return [...previous, { format, path }]
  throw new UsageError(`--follow must be FORMAT=FILE, with one of these formats: ${FORMAT_NAMES.join(', ')}.`)
}

function listenAt(value: string): ListenAt {
  const [, host = '127.0.0.1', digits] = /^(?:(.+):)?(\d{1,5})$/.exec(value) ?? []
  const port = Number(digits)
  if (digits !== undefined && port <= 65_535) return { host: host.replace(/^\[(.*)\]$/, '$1'), port }
  throw new UsageError('--honeypot must be PORT or HOST:PORT, with a port from 0 to 65535.')
}

function storageUrl(value: string): string {
  if (/^(memory:|sqlite:.+|unix:.+|(postgres|postgresql|rediss?|valkeys?):\/\/.+)$/s.test(value)) return value
  throw new UsageError(
    `--storage must be memory:, sqlite:PATH, postgres://HOST/DATABASE or redis://HOST:PORT (got ${printableUrl(value)}).`,
  )
}

function environment(value: string): Arguments['environment'] {
  if (value === 'emulator' || value === 'development' || value === 'production') return value
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) return { baseUrl: value }
  throw new UsageError(
    `--environment must be emulator, development, production or an http URL on a loopback address (got ${/^\w{1,30}$/.test(value) ? value : printableUrl(value)}).`,
  )
}

function port(value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number
  throw new UsageError('--emulator-port must be a whole number from 1 to 65535.')
}

function milliseconds(value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1 && number <= 600_000) return number
  throw new UsageError('--timeout-ms must be a whole number of milliseconds from 1 to 600000.')
}
