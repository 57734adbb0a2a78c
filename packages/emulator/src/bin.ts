#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { type Arguments, parseArguments, USAGE } from './arguments.js'
import { createEmulator } from './emulator.js'
import type { RecordedRequest } from './requests/record.js'

async function run(argv: readonly string[]): Promise<void> {
  const parsed = readArguments(argv)
  if (parsed.action === 'help') return print(USAGE)
  if (parsed.action === 'version') return print(`${packageVersion()}\n`)
  const { port, json, quiet, options } = parsed
  const emulator = createEmulator(quiet ? options : { ...options, onRequest: (request) => log(describe(request)) })
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

/** One line per request: never its headers or its body. */
function describe({
  method,
  path,
  status,
  machineId,
  bodyBytes,
  body,
  route,
  fault,
  problems,
}: RecordedRequest): string {
  const details = [
    machineId && `machine ${machineId.slice(0, 8)}…`,
    route === 'signals' && Array.isArray(body) && `${body.length} signals`,
    bodyBytes > 0 && `${bodyBytes} bytes`,
    fault && `fault ${fault}`,
    ...problems.slice(0, 3).map(({ pointer, rule }) => `${pointer || 'body'}: ${rule}`),
  ]
  return `${method} ${path} ${status ?? 'no answer'} ${details.filter(Boolean).join(', ')}`.trimEnd()
}

function listenFailure(error: unknown, port: number): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${port} of 127.0.0.1 is in use: choose another with --port, or any free one with --port 0`
  }
  return `Cannot listen on 127.0.0.1:${port}: ${error instanceof Error ? error.message : String(error)}`
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return String(version)
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

await run(process.argv.slice(2))
