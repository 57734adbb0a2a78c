import { connect, createServer } from 'node:net'
import { listenInFront } from './listen-in-front.js'

const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])
const FIELDS = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')
const FATAL = Buffer.concat([Buffer.from([0x45, 0, 0, 0, FIELDS.length + 4]), FIELDS])

/**
 * A way to a server that may cut connections in the very moment when they are ready, as a failover
 * does: both news come in one piece.
 */
export async function cuttingServer(serverUrl: string) {
  let isCutting = false
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(serverUrl).port), '127.0.0.1')
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      if (isCutting && chunk.subarray(-READY.length).equals(READY)) client.end(Buffer.concat([chunk, FATAL]))
      else client.write(chunk)
    })
    upstream.on('close', () => client.end())
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
  })
  return {
    url: await listenInFront(server, serverUrl),
    cut(on: boolean) {
      isCutting = on
    },
    close: () => void server.close(),
  }
}
