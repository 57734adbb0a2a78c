import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseJson } from '@cscapi/signals'
import * as z from 'zod'
import type { ImportSource, RefusedRow, SourceMachine } from '../source.js'
import type { ServiceCheck } from './service-check.js'

const PARTS = ['machine-id', 'password', 'token', 'scenarios'] as const
const FILE = new RegExp(`^(dev|prod)-(${PARTS.join('|')})\\.json$`)
const SERVICES = { prod: 'production', dev: 'development' } as const
type Name = keyof typeof SERVICES

/** Whether a folder with these files is the file store of the PHP client. */
export function isPhpStore(files: readonly string[]): boolean {
  return files.some((file) => FILE.test(file))
}

/** The file store of the PHP client: a machine for each service, and no signals. */
export function openPhpStore(folder: string, files: readonly string[], check: ServiceCheck): ImportSource {
  const names = (['prod', 'dev'] as const).filter((name) => files.some((file) => file.startsWith(`${name}-`)))
  return {
    kind: 'file store of the PHP client',
    sentSignals: 0,
    machines: () => Promise.all(names.map((name) => readMachine(folder, name, check))),
    async *signals() {},
    notes: () => ['Stop the PHP program before anything is sent: its machine would have two programs'],
    close: async () => undefined,
  }
}

async function readMachine(folder: string, name: Name, check: ServiceCheck): Promise<SourceMachine | RefusedRow> {
  const row = `${name}-*.json`
  const read = <T>(part: (typeof PARTS)[number], value: z.ZodType<T>) =>
    readPart(join(folder, `${name}-${part}.json`), part.replace('-', '_'), value)
  const machineId = await read('machine-id', z.string().min(1))
  const password = await read('password', z.string().min(1))
  const refuse = (reason: string): RefusedRow => ({ row, what: 'machine', machineId, reason })
  const elsewhere = check(SERVICES[name])
  if (elsewhere !== undefined) return refuse(elsewhere)
  if (machineId === undefined) return refuse(`${name}-machine-id.json: holds no machine_id`)
  if (password === undefined) return refuse(`${name}-password.json: holds no password`)
  const token = await read('token', z.string().min(1))
  const scenarios = (await read('scenarios', z.array(z.string()))) ?? []
  return { row, machineId, password, token, scenarios, failing: undefined }
}

/** As the PHP client reads it: what is no such JSON is not there. */
async function readPart<T>(path: string, key: string, value: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  return z.object({ [key]: value }).safeParse(parseJson(text)).data?.[key]
}
