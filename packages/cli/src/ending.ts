import { InputError, isCscapiError } from '@cscapi/signals'
import { CommanderError } from 'commander'
import { EXIT, type ExitCode } from './exit-codes.js'

/** A mistake on the command line, in one sentence that says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

interface Ending {
  readonly code: ExitCode
  /** Empty where everything has been said. Each is one line, whatever it repeats. */
  readonly lines: readonly string[]
}

/** What an error means for whoever called: a readable message, never a stack but with `debug`. */
export function endOf(
  error: unknown,
  { debug, interrupted }: { debug: boolean; interrupted: number | undefined },
): Ending {
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? EXIT.done : EXIT.usage, lines: [] }
  const code = codeOf(error, interrupted)
  if (debug && error instanceof Error) return { code, lines: (error.stack ?? error.message).split('\n') }
  const [first, ...others] = linesOf(error)
  return { code, lines: [`cscapi: ${first}`, ...others] }
}

function codeOf(error: unknown, interrupted: number | undefined): ExitCode {
  if (interrupted === EXIT.interrupted || interrupted === EXIT.terminated) return interrupted
  if (error instanceof UsageError || error instanceof InputError) return EXIT.usage
  return isCscapiError(error) && error.retryable ? EXIT.later : EXIT.failed
}

function linesOf(error: unknown): string[] {
  if (error instanceof InputError) {
    // One line for each thing that is wrong; of what is missing, nothing was got.
    const [what = ''] = error.message.split(': ', 1)
    return [
      what,
      ...error.issues.map(({ path, rule, value }) => `  ${path}: ${rule}${value === '' ? '' : ` (got ${value})`}`),
    ]
  }
  return [error instanceof Error ? error.message : String(error)]
}
