import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

/** Lets a server of the test listen, and gives the URL of the one behind it, by way of the test's. */
export async function listenInFront(server: Server, serverUrl: string): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(serverUrl)
  url.port = String((server.address() as AddressInfo).port)
  return url.href
}
