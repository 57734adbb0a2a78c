import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { CapiClient } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { MemoryStorage } from '@cscapi/storage'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { machine, SCENARIO, signalsOf } from './arrange.js'
import { ENDPOINTS, type Endpoint, FAULTS, type FaultName, play, WHEN } from './fault-matrix.js'

afterEach(() => {
  vi.useRealTimers()
})

const page = readFileSync(new URL('../../../docs/failures.md', import.meta.url), 'utf8')

/**
 * The rows of one endpoint's table in docs/failures.md: for each fault, what is to happen when it
 * strikes first, in the middle and always.
 */
function documented(endpoint: Endpoint): Map<string, readonly string[]> {
  const section = page.split(/^### /m).find((text) => text.startsWith(`${endpoint}\n`)) ?? ''
  const rows = section.split('\n').filter((line) => /^\| (?!fault|---)/.test(line))
  return new Map(
    rows.flatMap((row) => {
      const [faults = '', ...outcomes] = row.slice(2, -2).split(' | ')
      return faults.split(', ').map((fault) => [fault, outcomes] as const)
    }),
  )
}

describe.each(ENDPOINTS)('at %s', (endpoint) => {
  const table = documented(endpoint)

  test('every fault is documented, and nothing else', () => {
    expect([...table.keys()].sort()).toEqual(Object.keys(FAULTS).sort())
  })

  test.each(Object.keys(FAULTS) as FaultName[])(
    '%s leads to what docs/failures.md says, loses nothing, hammers nobody and shows no secret',
    async (fault) => {
      for (const [index, when] of WHEN.entries()) {
        const { text, requests, ...rest } = await play(endpoint, fault, when)
        expect(`${text} (${requests})`, `${when} call`).toBe(table.get(String(fault))?.[index])
        expect(rest).toEqual({ elsewhere: 0, lost: 0, leaked: [] })
      }
    },
  )
})

describe('over a real connection', () => {
  const calls: Record<Endpoint, (client: CapiClient) => Promise<unknown>> = {
    register: (client) => client.getDecisions({ machineId: machine() }),
    login: (client) => client.getDecisions({ machineId: machine() }),
    signals: async (client) => {
      await client.addSignals(signalsOf(machine(), 1))
      return client.sendSignals()
    },
    decisions: (client) => client.getDecisions({ machineId: machine() }),
    enroll: (client) => client.enrollMachines({ machineIds: [machine()], attachmentKey: 'attachmentkey1' }),
    metrics: async (client) => {
      await client.addSignals(signalsOf(machine(), 1))
      return client.sendSignals()
    },
  }
  const clientOn = (baseUrl: string, timeoutMs = 500) =>
    new CapiClient({
      storage: new MemoryStorage(),
      scenarios: [SCENARIO],
      environment: { baseUrl },
      timeoutMs,
      leaseMs: 10 * timeoutMs,
      maxRetries: 0,
    })

  test.each(['reset', 'reset-after', 'cut', 'hang', 'drip'] as const)(
    '%s is a network error or a timeout at every endpoint, and loses nothing',
    async (kind) => {
      for (const endpoint of ENDPOINTS) {
        const emulator = createEmulator({ strict: true })
        const { url, close } = await emulator.listen()
        const slow = kind === 'drip' ? { pieceBytes: 1, delayMs: 100 } : {}
        emulator.faults.inject({ route: endpoint, kind, ...slow })
        const client = clientOn(url)
        const codes: unknown[] = []
        client.on('postponed', ({ error }) => codes.push(error?.code))
        const outcome = await calls[endpoint](client).catch((error: unknown) => error)
        const [enrolled] = Array.isArray(outcome) ? outcome : []
        if (endpoint !== 'metrics') {
          const code = codes[0] ?? enrolled?.error?.code ?? Reflect.get(Object(outcome), 'code')
          expect(code, endpoint).toMatch(/^(network_error|timeout)$/)
        }
        const { sent, pending, leased, rejected } = await client.stats()
        const added = endpoint === 'signals' || endpoint === 'metrics' ? 1 : 0
        expect({ [endpoint]: sent + pending, leased, rejected }).toEqual({ [endpoint]: added, leased: 0, rejected: 0 })
        await client.close()
        await close()
      }
    },
  )

  test('a refused connection is one too', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    await new Promise((resolve) => server.close(resolve))
    const client = clientOn(`http://127.0.0.1:${port}/v3`, 30_000)
    await expect(client.getDecisions({ machineId: machine() })).rejects.toMatchObject({ code: 'network_error' })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 0, postponed: 1 })
    await client.close()
  })
})
