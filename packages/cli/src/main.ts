import { Cli } from './cli.js'
import { endOf } from './ending.js'
import { EXIT } from './exit-codes.js'
import { createProgram, helpAsked } from './program.js'
import { refuseSecrets } from './secret-arguments.js'

const STOPPING = 'Stopping (Ctrl-C again ends at once)'
/** What ends sooner needs no word about it. */
const STOPPING_AFTER_MS = 500

/** Runs the command that the arguments name, and sets how the process ends. */
export async function main(argv: readonly string[]): Promise<void> {
  const stop = new AbortController()
  const cli = new Cli(process, stop.signal)
  let ending: number | undefined
  for (const [name, code] of [
    ['SIGINT', EXIT.interrupted],
    ['SIGTERM', EXIT.terminated],
  ] as const) {
    process.on(name, () => {
      // Whoever asks twice does not want to wait.
      if (ending !== undefined) process.exit(code)
      ending = code
      if (cli.terminal.isWatched) setTimeout(() => cli.terminal.tell(STOPPING), STOPPING_AFTER_MS).unref()
      stop.abort()
    })
  }
  try {
    refuseSecrets(argv)
    const program = await createProgram(cli, argv)
    await program.parseAsync([...helpAsked(program, argv)], { from: 'user' })
  } catch (error) {
    const { code, lines } = endOf(error, {
      debug: argv.includes('--debug') || process.env.CSCAPI_DEBUG === '1',
      interrupted: ending,
    })
    for (const line of lines) cli.terminal.tell(line)
    cli.exitWith(code)
  }
  await cli.terminal.flushed()
  if (cli.terminal.failure !== undefined) {
    cli.terminal.tell(`cscapi: standard output cannot be written: ${cli.terminal.failure.message}`)
    cli.exitWith(EXIT.failed)
  }
  process.exitCode = cli.exitCode
  // A pipe that was begun and is not read to its end would keep the process alive.
  process.stdin.destroy()
}
