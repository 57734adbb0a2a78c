import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/**
 * Gives a free port on 127.0.0.1 for which all `offsets` are free too. It lies below the range that
 * outgoing connections take theirs from, so that nobody sits on it while its server is down.
 */
export async function freePort(offsets: readonly number[] = [0]): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(10_000, 22_000)
    const free = await Promise.all(offsets.map((offset) => isFree(port + offset)))
    if (free.every(Boolean)) return port
  }
  throw new Error('No free port between 10000 and 22000 was found on 127.0.0.1 in 200 tries.')
}
