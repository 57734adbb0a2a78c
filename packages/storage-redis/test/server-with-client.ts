import { type RedisOptions, startRedis, type TestServer } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'

/** A server for the tests of one file, and a client that looks behind the adapter. */
export function serverWithClient(options?: RedisOptions): { readonly url: string; readonly client: Redis } {
  let server: TestServer
  let client: Redis
  beforeAll(async () => {
    server = await startRedis(options)
    client = new Redis(server.url)
  })
  afterAll(async () => {
    await client?.quit()
    await server?.stop()
  })
  return {
    get url() {
      return server.url
    },
    get client() {
      return client
    },
  }
}
