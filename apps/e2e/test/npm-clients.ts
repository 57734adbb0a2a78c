import { execFile } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/cscapi-npm-clients', import.meta.url))
const CLIENTS = ['@crowdsec/nodejs-bouncer@0.2.0', 'crowdsec-client@1.2.0']

/** Imports a client as its users do: installed, unmodified, in a folder of its own. */
async function npmClient(name: string): Promise<Record<string, unknown>> {
  if (!existsSync(join(CACHE, 'node_modules', name))) {
    mkdirSync(CACHE, { recursive: true })
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', CACHE, ...CLIENTS]
    await promisify(execFile)('npm', args)
  }
  const path = createRequire(join(CACHE, 'from-here.js')).resolve(name)
  return import(/* @vite-ignore */ pathToFileURL(path).href)
}

interface Remediation {
  readonly remediation: string
  readonly origin: string
}

interface NodeBouncer {
  getIpRemediation(ip: string): Promise<Remediation>
  refreshDecisions(options?: { scopes?: string[] }): Promise<{ new: unknown[]; deleted: unknown[] }>
}

type NodeBouncerClass = new (options: { url: string; bouncerApiToken: string; streamMode: boolean }) => NodeBouncer

export const nodeBouncer = async (url: string, bouncerApiToken: string, streamMode: boolean) => {
  const { CrowdSecBouncer } = await npmClient('@crowdsec/nodejs-bouncer')
  return new (CrowdSecBouncer as NodeBouncerClass)({ url, bouncerApiToken, streamMode })
}

interface Streamed {
  readonly type: string
  readonly decision: { readonly value: string }
}
interface BouncerClient {
  login(): Promise<unknown>
  stop(): Promise<unknown>
  Decisions: {
    getStream(options: object, listener: (error: unknown, item: Streamed) => void): { stop?: () => void }
    search(filter: object): Promise<readonly { value: string }[] | null>
  }
}
interface WatcherClient {
  login(): Promise<unknown>
  stop(): Promise<unknown>
  Alerts: {
    pushAlerts(alerts: readonly object[]): Promise<readonly string[]>
    search(filter: object): Promise<readonly { id: number }[] | null>
  }
}

export async function bouncerClient(url: string, apiKey: string): Promise<BouncerClient> {
  const { BouncerClient: Client } = await npmClient('crowdsec-client')
  return new (Client as new (options: object) => BouncerClient)({ url, auth: { apiKey } })
}

export async function watcherClient(
  url: string,
  auth: { readonly machineID: string; readonly password: string },
): Promise<WatcherClient> {
  const { WatcherClient: Client } = await npmClient('crowdsec-client')
  const options = { url, auth, heartbeat: 3_000, scenarios: ['crowdsecurity/ssh-bf'] }
  return new (Client as new (options: object) => WatcherClient)(options)
}
