import { startRedis, type TestServer } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { scripts } from '../src/scripts.gen.js'

/**
 * Starts a server for the tests of one file, and a client that looks behind the adapter. With all
 * scripts loaded, each script is one command.
 */
export function testServer({ hasScripts }: { hasScripts: boolean }): { readonly url: string; readonly client: Redis } {
  let server: TestServer
  let client: Redis
  beforeAll(async () => {
    server = await startRedis(hasScripts ? {} : { config: {} })
    client = new Redis(server.url)
    if (hasScripts) await Promise.all(Object.values(scripts).map(({ lua }) => client.script('LOAD', lua)))
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
