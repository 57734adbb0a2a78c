import { AbortedError } from '@cscapi/client'
import packageJson from '../package.json' with { type: 'json' }
import { readArguments } from './arguments.js'
import { Output } from './output.js'
import { run } from './run.js'
import { UsageError } from './usage-error.js'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())

const output = new Output(process.stdout)
try {
  process.exitCode = await run(readArguments(process.argv, packageJson.version), output, stop.signal)
} catch (error) {
  output.progress('')
  const isStopped = stop.signal.aborted || error instanceof AbortedError
  const text = isStopped
    ? 'Stopped. What was queued and not sent stays in the store.'
    : error instanceof Error
      ? error.message
      : String(error)
  process.stderr.write(`${process.env.CSCAPI_DEBUG === '1' && error instanceof Error ? error.stack : text}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
