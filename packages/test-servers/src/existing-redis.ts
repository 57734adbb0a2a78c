import { Redis } from 'ioredis'
import { existingServer, type TestServer } from './test-server.js'

const DATABASES = 16
const CLAIM = "if redis.call('DBSIZE') > 0 then return 0 end redis.call('SET', 'cscapi-test', 'in use') return 1"

/**
 * Gives an empty database of a server that is not ours, claimed for one test file: it finds nothing
 * there, and leaves nothing behind.
 */
export async function emptyDatabaseOn(url: string, variable: string): Promise<TestServer> {
  for (let number = DATABASES - 1; number >= 0; number -= 1) {
    if ((await run(url, number, (client) => client.eval(CLAIM, 0))) !== 1) continue
    const own = new URL(url)
    own.pathname = `/${number}`
    return existingServer(own.href, variable, async () => {
      await run(url, number, (client) => client.flushdb())
    })
  }
  throw new Error(
    `None of the ${DATABASES} databases of the Redis that ${variable} names is empty: the tests need one.`,
  )
}

async function run<T>(url: string, database: number, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, {
    db: database,
    maxRetriesPerRequest: 0,
    connectTimeout: 60_000,
    commandTimeout: 60_000,
  })
  client.on('error', () => undefined)
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}
