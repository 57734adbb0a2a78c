import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import ts from 'typescript'
import type { Example } from './examples.js'

/** What a sample prints and how it ends. */
export interface Run {
  readonly code: number | null
  readonly out: string
  readonly errors: string
}

/** Where a sample's program runs, and what stands in for the world outside. */
export interface Surroundings {
  /** The working directory, whose `node_modules` has the packages. */
  readonly folder: string
  /** Takes the place of every environment that the samples name. */
  readonly baseUrl: string
  readonly env?: Record<string, string>
  /** Called once the program runs, e.g. to end one that goes on until it is told. */
  readonly meanwhile?: (stop: () => void) => Promise<void>
}

/** Runs a sample as it stands in its page, against `baseUrl` instead of CAPI. */
export async function runExample({ code }: Example, { folder, baseUrl, env, meanwhile }: Surroundings): Promise<Run> {
  const local = code
    .replace(/environment: '(?:development|production)'/g, `environment: { baseUrl: '${baseUrl}' }`)
    .replaceAll('http://127.0.0.1:8088/v3', baseUrl)
    .replaceAll('redis://127.0.0.1:6379', 'memory:')
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  writeFileSync(join(folder, 'sample.mjs'), ts.transpileModule(local, { compilerOptions }).outputText)
  const child = spawn(process.execPath, ['sample.mjs'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  try {
    await meanwhile?.(() => child.kill('SIGTERM'))
    const [out, errors, [status]] = await ended
    return { code: status, out, errors }
  } finally {
    child.kill('SIGKILL')
  }
}
