import { CapiClient } from '@cscapi/client'
import type { Storage } from '@cscapi/storage'
import { machineId, queuedSignals } from './signals.js'

export const CONCURRENCY = 8
export const BATCH = 50

/** So many signals of each of so many machines. */
export interface Load {
  readonly machines: number
  readonly each: number
}

export const clientOf = (storage: Storage, baseUrl: string) =>
  new CapiClient({
    storage,
    scenarios: ['crowdsecurity/ssh-bf'],
    environment: { baseUrl },
    concurrency: CONCURRENCY,
    batchSize: BATCH,
  })

/** Registers the machines and logs them in. */
export async function logIn(client: CapiClient, { machines }: Pick<Load, 'machines'>): Promise<void> {
  for (let number = 0; number < machines; number += 1) await client.verify({ machineId: machineId(number) })
}

export async function fill(storage: Storage, { machines, each }: Load): Promise<void> {
  const signals = queuedSignals(machines * each, machines)
  for (let at = 0; at < signals.length; at += 1_000) await storage.enqueue(signals.slice(at, at + 1_000))
}

/**
 * The least number of requests: for each machine its batches, one call for metrics, and `logins`.
 */
export const requestsOf = ({ machines, each }: Load, logins = 0) => machines * (Math.ceil(each / BATCH) + 1 + logins)

/** Posts a body that is ready, over and over, as a bare loop of `fetch` would. */
export async function postBare(url: string, token: string, count: number, concurrency: number): Promise<void> {
  const payloads = queuedSignals(BATCH, 1).map(({ payload }) => payload)
  const body = `[${payloads.join(',')}]`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  let left = count
  const worker = async () => {
    while (left > 0) {
      left -= 1
      const response = await fetch(`${url}/signals`, { method: 'POST', headers, body })
      await response.text()
      if (!response.ok) throw new Error(`The signals were refused with status ${response.status}`)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

/** A token that the emulator takes. */
export async function tokenOf(baseUrl: string): Promise<string> {
  const { MemoryStorage } = await import('@cscapi/storage')
  const storage = new MemoryStorage()
  const client = clientOf(storage, baseUrl)
  await client.verify({ machineId: machineId(0) })
  const token = (await storage.getMachine(machineId(0)))?.token
  await client.close()
  if (token === undefined) throw new Error('The machine got no token')
  return token.value
}
