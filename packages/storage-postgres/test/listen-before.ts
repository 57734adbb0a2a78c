import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

/** Lets a server of ours listen in the place of another, and gives the URL that leads through it. */
export async function listenBefore(serverUrl: string, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(serverUrl)
  url.port = String((server.address() as AddressInfo).port)
  return url.href
}
