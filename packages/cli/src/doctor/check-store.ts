import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pages, resolveBaseUrl } from '@cscapi/core'
import { isCscapiError, printableUrl } from '@cscapi/signals'
import type { Storage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { fileOf, openToRead, storageUrl } from '../client/store.js'
import { count, counted } from '../output/numbers.js'
import { duration } from '../output/times.js'
import type { Settings } from '../settings/settings-schema.js'
import { readStatus } from '../status/read-status.js'
import { bad, type Finding, messageOf, odd, ok } from './finding.js'

const DAY_MS = 86_400_000
/** What waits longer should have been sent: several runs went by. */
const LONG_MS = 3_600_000

/** Whether the store can be used, and what is in it that needs somebody. */
export async function checkStore(cli: Cli, settings: Settings): Promise<Finding[]> {
  const url = await storageUrl(cli)
  const file = fileOf(url)
  const shown = file ?? printableUrl(url)
  if (file !== undefined) {
    const finding = await checkFile(file)
    if (finding !== undefined) return [finding]
  }
  let storage: Storage
  try {
    storage = await openToRead(cli)
  } catch (error) {
    return [bad('store', messageOf(error), adviceFor(error))]
  }
  try {
    return [ok('store', `${shown}, schema up to date`), ...(await checkContent(storage, settings))]
  } catch (error) {
    return [bad('store', messageOf(error), adviceFor(error))]
  } finally {
    await storage.close()
  }
}

function adviceFor(error: unknown): string {
  const code = isCscapiError(error) ? error.code : undefined
  if (code === 'storage_busy') return 'another process holds it for long: end that, or try again'
  if (code === 'storage_schema_newer') return 'a newer version made it: npm install @cscapi/cli@latest'
  if (code === 'storage_corrupt') return 'restore it from a backup, or move it away and begin a new one'
  if (code === 'storage_schema_missing') return 'any command that writes brings it up to date, e.g. cscapi send'
  return 'the message says what to do'
}

/** What a file's folder and mode say; `undefined` where there is a file to open. */
async function checkFile(file: string): Promise<Finding | undefined> {
  const folder = dirname(file)
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return odd('store', `${folder} does not exist yet`, 'cscapi init makes the store')
    return bad('store', `${folder} may not be written (${code})`, 'run as the user who owns it')
  }
  const there = await stat(file).catch(() => undefined)
  if (there === undefined) return odd('store', `there is none at ${file} yet`, 'the first cscapi add makes it')
  try {
    await access(file, constants.R_OK | constants.W_OK)
  } catch {
    return bad('store', `${file} may not be written`, 'run as the user who owns it')
  }
  if (process.platform !== 'win32' && (there.mode & 0o077) !== 0) {
    return bad('store', `${file} holds passwords, and others may read it`, `chmod 600 ${file}*`)
  }
  return undefined
}

async function checkContent(storage: Storage, settings: Settings): Promise<Finding[]> {
  const { queue, pause, loginsLeft, environment } = await readStatus(storage)
  const { pending, rejected, failing, oldestPendingMs = 0 } = queue
  const waiting = `${counted(pending, 'signal')} waiting${pending > 0 ? `, the oldest for ${duration(oldestPendingMs)}` : ''}`
  return [
    ...environmentFindings(environment, settings),
    oldestPendingMs > LONG_MS ? odd('queue', waiting, 'is cscapi watch, run or send at work?') : ok('queue', waiting),
    rejected > 0
      ? odd('rejected', counted(rejected, 'signal'), 'cscapi signals rejected says why; then requeue or purge them')
      : ok('rejected', 'none'),
    failing > 0
      ? bad(
          'machines',
          `${counted(failing, 'machine')} failing`,
          'cscapi machines ls --failing says why; cscapi machines revive tries again',
        )
      : ok('machines', `${count(queue.machines)}, none failing`),
    pause === undefined
      ? ok('pauses', 'none')
      : bad(
          'pauses',
          `${pause.reason} for another ${duration(pause.endsInMs)}${pause.message === undefined ? '' : `: ${pause.message}`}`,
          'wait: calling during a ban prolongs it',
        ),
    loginsLeft === 0
      ? odd('logins', 'none left of 20 in 50 minutes', 'wait: machines with a token go on')
      : ok('logins', `${count(loginsLeft)} of 20 in 50 minutes left`),
    ...(await tokenFindings(storage)),
  ]
}

function environmentFindings(bound: string | undefined, { environment }: Settings): Finding[] {
  if (bound === undefined || environment === undefined) return []
  try {
    const configured = resolveBaseUrl(environment as Parameters<typeof resolveBaseUrl>[0])
    if (configured === bound) return [ok('environment', configured)]
    return [
      bad(
        'environment',
        `${configured} is configured, but the store belongs to ${bound}`,
        'configure that one, or another store',
      ),
    ]
  } catch (error) {
    return [bad('environment', messageOf(error), 'production, development, or an https URL')]
  }
}

/** Ages of tokens; a store may have many machines, of which a glance at some says enough. */
async function tokenFindings(storage: Storage): Promise<Finding[]> {
  let valid = 0
  let expired = 0
  let oldestMs = 0
  let seen = 0
  for await (const { machines } of pages((page) => storage.listMachines({ ...page, limit: 100 }))) {
    for (const { token } of machines) {
      if (token?.expiresInMs === undefined) continue
      if (token.expiresInMs > 0) valid += 1
      else {
        expired += 1
        oldestMs = Math.max(oldestMs, -token.expiresInMs)
      }
    }
    seen += machines.length
    if (seen >= 1_000) break
  }
  if (valid + expired === 0) return [ok('tokens', 'none yet: the first send logs in')]
  const text = `${count(valid)} valid, ${count(expired)} expired${expired > 0 ? ` (for up to ${duration(oldestMs)})` : ''}`
  if (valid === 0 && oldestMs > DAY_MS)
    return [odd('tokens', text, 'nothing was sent for a day: is cscapi watch, run or send at work?')]
  return [ok('tokens', text)]
}
