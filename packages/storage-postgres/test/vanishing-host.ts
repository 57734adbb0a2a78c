import { connect, createServer, type Socket } from 'node:net'
import { listenBefore } from './listen-before.js'

/**
 * The way from one host to a server, which can break off without a word, as when the host loses
 * power.
 */
export interface VanishingHost {
  readonly url: string
  /**
   * In the next transaction that it begins, or addition that is one statement, the host gets so
   * many messages through; then nothing goes either way, and the server is not told.
   */
  vanishAfter(messages: number): void
  readonly hasVanished: boolean
  close(): void
}

export async function vanishingHost(serverUrl: string): Promise<VanishingHost> {
  const sockets: Socket[] = []
  let allowed = 0
  let isArmed = false
  let hasBegun = false
  let isGone = false
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(serverUrl).port), '127.0.0.1')
    sockets.push(client, upstream)
    client.on('data', (chunk) => {
      hasBegun ||= isArmed && (chunk.includes('BEGIN') || chunk.includes('add_signals'))
      isGone ||= hasBegun && allowed-- <= 0
      if (isGone) return
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (!isGone) client.write(chunk)
    })
    // What the host does about its silence never reaches the server.
    client.on('close', () => {
      if (!isGone) upstream.destroy()
    })
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    upstream.on('close', () => client.destroy())
  })
  return {
    url: await listenBefore(serverUrl, server),
    get hasVanished() {
      return isGone
    },
    vanishAfter(messages) {
      allowed = messages
      isArmed = true
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
