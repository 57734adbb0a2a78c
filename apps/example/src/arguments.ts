import { InvalidArgumentError, program } from 'commander'

export interface Arguments {
  /** Files, or `-` for standard input; empty: the sample. */
  readonly log: readonly string[]
  /** `memory:`, `sqlite:PATH`, `postgres://…` or `redis://…`; `undefined`: a new file in the temporary folder. */
  readonly storage: string | undefined
  readonly environment: 'emulator' | 'development' | 'production' | { readonly baseUrl: string }
  readonly machineKey: string | undefined
  readonly yes: boolean
  readonly timeoutMs: number
}

/** Reads the command line; prints help or what is wrong, and ends the process then. */
export function readArguments(argv: readonly string[], version: string): Arguments {
  program
    .name('demo')
    .description(
      'Reads an sshd, nginx or Apache log, detects attacks, and shares them with CrowdSec: by default with a local emulator of its Central API.',
    )
    .version(version)
    .option('--log <file>', 'a log to read, - for standard input; may be repeated (default: a small sample)', collect)
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
    .option('--machine-key <text>', 'what the ids of the two machines are made from; needed for the real service')
    .option('--timeout-ms <number>', 'how long one call to CAPI may take, in milliseconds', milliseconds, 30_000)
    .option('--yes', 'send to the real service without asking')
    .addHelpText(
      'after',
      `
Examples:
  demo                                          the sample, to the emulator
  demo --log /var/log/auth.log                  your log, to the emulator
  demo --log access.log --environment production --machine-key my-sensor

Machines are enrolled on the real service only if CSCAPI_ATTACHMENT_KEY is set.
CSCAPI_DEBUG=1 shows the stack of an error.`,
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv as string[])
  const { log = [], storage, machineKey, yes = false, ...others } = program.opts<GivenOptions>()
  return { log, storage, machineKey, yes, ...others }
}

/** As commander gives them: what has no default may be missing. */
type GivenOptions = Pick<Arguments, 'environment' | 'timeoutMs'> & Partial<Arguments>

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value]
}

function storageUrl(value: string): string {
  if (/^(memory:|sqlite:.+|(postgres|postgresql|redis|rediss):\/\/.+)$/.test(value)) return value
  throw new InvalidArgumentError('It must be memory:, sqlite:PATH, postgres://HOST/DATABASE or redis://HOST:PORT.')
}

function environment(value: string): Arguments['environment'] {
  if (value === 'emulator' || value === 'development' || value === 'production') return value
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) return { baseUrl: value }
  throw new InvalidArgumentError('It must be emulator, development, production or an http URL on a loopback address.')
}

function milliseconds(value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1 && number <= 600_000) return number
  throw new InvalidArgumentError('It must be a whole number of milliseconds from 1 to 600000.')
}
