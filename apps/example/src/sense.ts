import { once } from 'node:events'
import type { Server } from 'node:http'
import { type CapiClient, createSignal } from '@cscapi/client'
import { followInput } from '@cscapi/inputs'
import type { Storage } from '@cscapi/storage'
import type { FollowedLog, ListenAt } from './arguments.js'
import { createHoneypot } from './honeypot.js'
import { count, type Output } from './output.js'
import { UsageError } from './usage-error.js'

/** What the sensor watches, and as which machine it reports. */
export interface Sensor {
  readonly follow: readonly FollowedLog[]
  readonly honeypot: ListenAt | undefined
  readonly neverReport: readonly string[]
  readonly utc: boolean
  readonly machineId: string
}

/**
 * Watches until the signal is given. The client sends and pulls by itself meanwhile; a position is
 * moved only once what was read before it is in the store, so a restart loses and repeats nothing.
 */
export async function sense(
  client: CapiClient,
  storage: Storage,
  sensor: Sensor,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { machineId } = sensor
  const honeypot = sensor.honeypot && (await openHoneypot(client, sensor.honeypot, machineId, output))
  try {
    await client.start({ pullMachineId: machineId, signal })
    const stopped = new AbortController()
    const until = AbortSignal.any([signal, stopped.signal])
    const logs = sensor.follow.map((log) => followLog(client, storage, log, sensor, output, until))
    // One that fails ends the others.
    await Promise.all([...logs, stop(until)]).finally(() => stopped.abort())
  } finally {
    honeypot?.close()
    honeypot?.closeAllConnections()
  }
}

async function followLog(
  client: CapiClient,
  storage: Storage,
  { format, path }: FollowedLog,
  { machineId, neverReport, utc }: Sensor,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  output.line(`Following ${path} (${format}) …`)
  const input = { machineId, utc, ownNetworks: neverReport }
  const onTrouble = ({ message }: { message: string }) => output.line(message)
  for await (const { items, commit } of followInput(format, path, input, { store: storage, onTrouble, signal })) {
    const found = items.flatMap((item) => ('signal' in item ? [item.signal] : []))
    const { added } = await client.addSignals(found)
    for (const { source, scenario } of found) output.line(`${source.value} performed ${scenario}`)
    for (const item of items) if ('refused' in item) output.line(`${path}, line ${item.line}: ${item.refused}`)
    if (added < found.length) output.line(`${count(found.length - added, 'signal')} left out or reported before.`)
    await commit()
  }
}

async function openHoneypot(
  client: CapiClient,
  { host, port }: ListenAt,
  machineId: string,
  output: Output,
): Promise<Server> {
  const server = createHoneypot(await client.decisions(), ({ address, request }) => {
    const scenario = 'crowdsecurity/http-sensitive-files'
    const context = { target_uri: [request] }
    output.line(`${address} asked the honeypot for ${request}`)
    client
      .addSignals([createSignal({ attackerIp: address, scenario, machineId, createdAt: new Date(), context })])
      .catch((error: Error) => output.line(`${address} is not reported: ${error.message}`))
  })
  try {
    await once(server.listen(port, host), 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    throw new UsageError(`The honeypot cannot listen on ${host}:${port} (${code}).`)
  }
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  output.line(`The honeypot listens on http://${host.includes(':') ? `[${host}]` : host}:${bound}/`)
  return server
}

async function stop(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
