#!/usr/bin/env node
import packageJson from '../package.json' with { type: 'json' }
import { type Arguments, parseArguments, USAGE } from './command/arguments.js'
import { requestLine } from './command/request-line.js'
import { createEmulator } from './emulator.js'

async function run(argv: readonly string[]): Promise<void> {
  const parsed = readArguments(argv)
  if (parsed.action === 'help') return print(USAGE)
  if (parsed.action === 'version') return print(`${packageJson.version}\n`)
  const { port, json, quiet, options } = parsed
  const emulator = createEmulator(quiet ? options : { ...options, onRequest: (request) => log(requestLine(request)) })
  const server = await emulator.listen({ port }).catch((error: unknown) => fail(1, listenFailure(error, port)))
  print(
    json
      ? `${JSON.stringify({ url: server.url, pid: process.pid })}\n`
      : `The CAPI emulator${options.strict ? ' (strict)' : ''} listens on ${server.url} (Ctrl-C ends it)\n`,
  )
  const stop = async () => {
    await server.close()
    if (!quiet) log(`stopped after ${emulator.record.count()} requests, ${emulator.signals.total} signals`)
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

function readArguments(argv: readonly string[]): Arguments {
  try {
    return parseArguments(argv)
  } catch (error) {
    return fail(2, `${error instanceof Error ? error.message : String(error)}\nTry: cscapi-emulator --help`)
  }
}

function listenFailure(error: unknown, port: number): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${port} of 127.0.0.1 is in use: choose another with --port, or any free one with --port 0`
  }
  return `Cannot listen on 127.0.0.1:${port}: ${error instanceof Error ? error.message : String(error)}`
}

function print(text: string): void {
  process.stdout.write(text)
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

function fail(status: number, message: string): never {
  log(`cscapi-emulator: ${message}`)
  process.exit(status)
}

// Whoever reads our log may go away; the server stays.
process.stderr.on('error', () => {})
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') fail(1, `Standard output cannot be written: ${error.message}`)
})

await run(process.argv.slice(2))
