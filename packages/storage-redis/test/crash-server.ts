import { startRedis, type TestServer } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { scripts } from '../src/scripts.gen.js'

/**
 * A server for the tests of one file, with all scripts loaded, so that each script is one command;
 * and a client that looks behind the adapter.
 */
export function crashServer(): { readonly url: string; readonly client: Redis } {
  let server: TestServer
  let client: Redis
  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.url)
    await Promise.all(Object.values(scripts).map(({ lua }) => client.script('LOAD', lua)))
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
