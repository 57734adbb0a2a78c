import { generateMachineIdFromKey } from '@cscapi/core'
import { createSignal, type Signal } from '@cscapi/signals'
import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { CapiClient, type CapiClientOptions, InputError } from '../index.js'

const machineId = generateMachineIdFromKey('sensor-1')

const attack = (context?: Record<string, string | string[]>): Signal =>
  createSignal({
    attackerIp: '203.0.113.7',
    scenario: 'acme/http-bf',
    createdAt: new Date(1_700_000_000_000),
    machineId,
    ...(context && { context }),
  })

function arrange(redact: CapiClientOptions['redact']) {
  const storage = new MemoryStorage()
  const client = new CapiClient({
    storage,
    scenarios: ['acme/http-bf'],
    environment: 'development',
    ...(redact && { redact }),
  })
  const stored = async () => (await storage.listSignals()).signals.map(({ payload }) => JSON.parse(payload) as Signal)
  return { client, stored }
}

describe('the redact hook', () => {
  test('rewrites and drops context entries before anything is stored; the caller’s signal stays as it was', async () => {
    const { client, stored } = arrange((key, value) => {
      if (key === 'target_user') return undefined
      return key === 'target_uri' ? value.replace(/token=[^&]*/, 'token=…') : value
    })
    const signal = attack({ target_user: ['root', 'alice'], target_uri: ['/?token=secret1', '/x'], method: 'GET' })
    const before = structuredClone(signal)
    await client.addSignals([signal])
    expect(signal).toEqual(before)
    expect(await stored()).toEqual([
      {
        ...before,
        context: [
          { key: 'target_uri', value: '/?token=…' },
          { key: 'target_uri', value: '/x' },
          { key: 'method', value: 'GET' },
        ],
      },
    ])
  })

  test('sees each entry once, and none of signals that are left out', async () => {
    const seen: string[] = []
    const { client } = arrange((key, value) => {
      seen.push(`${key}=${value}`)
      return value
    })
    const hidden = { ...attack({ a: 'hidden' }), source: { scope: 'ip', value: '10.0.0.1' } }
    await client.addSignals([attack({ a: ['1', '2'] }), hidden, attack()])
    expect(seen).toEqual(['a=1', 'a=2'])
  })

  test('an entry without key or value is asked about as empty text', async () => {
    const { client, stored } = arrange((key, value) => (key === '' || value === '' ? undefined : value))
    await client.addSignals([{ ...attack(), context: [{ value: 'x' }, { key: 'y' }, { key: 'k', value: 'v' }] }])
    expect((await stored())[0]?.context).toEqual([{ key: 'k', value: 'v' }])
  })

  test('an error in it is the caller’s: it is named with its place, nothing is stored, no value is shown', async () => {
    const mine = new TypeError('cannot read "hunter2"')
    const { client } = arrange((key, value) => {
      if (key === 'password') throw mine
      return value
    })
    const signals = [attack({ a: '1' }), attack({ a: '1', password: 'hunter2' })]
    const failure = await client.addSignals(signals).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'redact_failed', retryable: false, cause: mine })
    expect(String(failure)).toContain('signals[1].context[1]')
    expect(String(failure)).not.toContain('hunter2')
    expect(await client.stats()).toMatchObject({ pending: 0 })
  })

  test.each([null, 42, Promise.resolve('x')])(
    'what is neither text nor undefined (%j) is such an error',
    async (value) => {
      const { client } = arrange((() => value) as unknown as CapiClientOptions['redact'])
      await expect(client.addSignals([attack({ a: '1' })])).rejects.toMatchObject({ code: 'redact_failed' })
      expect(await client.stats()).toMatchObject({ pending: 0 })
    },
  )

  test('in a stream, what was stored before stays', async () => {
    const { client } = arrange((key, value) => {
      if (key === 'bad') throw new Error('mine')
      return value
    })
    function* lines() {
      for (let line = 0; line < 1_500; line += 1) yield attack({ [line === 1_200 ? 'bad' : 'good']: 'x' })
    }
    await expect(client.addSignals(lines())).rejects.toMatchObject({
      code: 'redact_failed',
      added: 1_000,
      index: 1_000,
    })
  })

  test('something that is no function is refused when the client is made', () => {
    expect(() => arrange('drop' as unknown as CapiClientOptions['redact'])).toThrow(InputError)
  })
})
