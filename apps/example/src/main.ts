import packageJson from '../package.json' with { type: 'json' }
import { readArguments } from './arguments.js'
import { Output, printable } from './output.js'
import { run } from './run.js'
import { UsageError } from './usage-error.js'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())

// Whoever reads our output may go away early (`| head`); the signals are delivered all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
const output = new Output(process.stdout)
try {
  process.exitCode = await run(readArguments(process.argv, packageJson.version), output, stop.signal)
} catch (error) {
  output.progress('')
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(
    `${process.env.CSCAPI_DEBUG === '1' && error instanceof Error ? error.stack : printable(text)}\n`,
  )
  process.exitCode = error instanceof UsageError ? 2 : 1
}
// A pipe that was begun and is not read to its end would keep the process alive.
process.stdin.destroy()
