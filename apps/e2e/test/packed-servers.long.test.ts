import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '@cscapi/emulator'
import { startPostgres, startRedis, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EmptyProject } from './packed/empty-project.js'
import { packWithDependencies } from './packed/pack.js'

const DRIVERS = ['better-sqlite3', 'pg', 'ioredis', 'prisma', '@prisma']

/** The same program for every storage: one line differs. */
const program = (imports: string, storage: string) => `${imports}
async function main() {
  const client = new CapiClient({
    storage: new ${storage}({ url: process.env.STORE }),
    scenarios: ['acme/http-bf'],
    environment: { baseUrl: process.env.BASE_URL },
  })
  try {
    const machineId = generateMachineIdFromKey('sensor')
    const signal = createSignal({ attackerIp: '203.0.113.7', scenario: 'acme/http-bf', createdAt: new Date(), machineId })
    const { added } = await client.addSignals([signal])
    const { sent } = await client.sendSignals()
    const { pending } = await client.stats()
    console.log(JSON.stringify({ added, sent, pending }))
  } finally {
    await client.close()
  }
}
main()
`
const NAMES = '{ CapiClient, createSignal, generateMachineIdFromKey }'

const stores: readonly [name: string, storage: string, driver: string, start: () => Promise<TestServer>][] = [
  ['@cscapi/storage-redis', 'RedisStorage', 'ioredis', () => startRedis()],
  ['@cscapi/storage-postgres', 'PostgresStorage', 'pg', () => startPostgres()],
]

describe.each(stores)('client and %s, packed and installed into an empty project', (name, storage, driver, start) => {
  const emulator = createEmulator({ strict: true })
  let project: EmptyProject
  let server: TestServer
  let listening: { url: string; close: () => Promise<void> }

  beforeAll(async () => {
    const tarballs = mkdtempSync(join(tmpdir(), 'cscapi-tarballs-'))
    project = new EmptyProject()
    try {
      project.install(packWithDependencies(['@cscapi/client', name], tarballs))
    } finally {
      rmSync(tarballs, { recursive: true, force: true })
    }
    server = await start()
    listening = await emulator.listen()
  })

  afterAll(async () => {
    await listening?.close()
    await server?.stop()
    project?.remove()
  })

  test('bring their own driver and no other, and no Prisma', () => {
    const found = DRIVERS.filter((other) => project.installedFiles().includes(other))
    expect(found).toEqual([driver])
  })

  test('take at most 20 MiB', () => {
    expect(project.footprint(() => true)).toBeLessThanOrEqual(20 * 2 ** 20)
  })

  test('work from an ES module, and by require()', async () => {
    const env = { BASE_URL: listening.url, STORE: server.url }
    const esm = `import ${NAMES} from '@cscapi/client'\nimport { ${storage} } from '${name}'`
    project.write('sensor.mjs', program(esm, storage))
    expect(await project.node('sensor.mjs', env)).toEqual({ added: 1, sent: 1, pending: 0 })
    const cjs = `const ${NAMES} = require('@cscapi/client')\nconst { ${storage} } = require('${name}')`
    project.write('sensor.cjs', program(cjs, storage))
    expect(await project.node('sensor.cjs', env)).toEqual({ added: 1, sent: 1, pending: 0 })
    expect(emulator.signals.size).toBe(2)
    expect(emulator.machines.logins()).toBe(1)
  })
})
