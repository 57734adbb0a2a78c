import { generateMachineIdFromKey } from '@cscapi/core'
import { createSignal, type Signal } from '@cscapi/signals'
import { MemoryStorage } from '@cscapi/storage'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CapiClient, type CapiClientOptions, type InputError } from '../index.js'

const machineId = generateMachineIdFromKey('sensor-1')

const about = (attackerIp: string, context?: Record<string, string>): Signal =>
  createSignal({
    attackerIp,
    scenario: 'acme/http-bf',
    createdAt: new Date(1_700_000_000_000),
    machineId,
    ...(context && { context }),
  })

function arrange(options: Partial<CapiClientOptions> = {}) {
  const storage = new MemoryStorage()
  const client = new CapiClient({ storage, scenarios: ['acme/http-bf'], environment: 'development', ...options })
  return { storage, client }
}

describe('preview', () => {
  test('shows the JSON that would leave, and what would not and why', async () => {
    const { client, storage } = arrange({
      neverReport: ['198.51.100.0/24'],
      redact: (key, value) => (key === 'user' ? undefined : value.toUpperCase()),
      dedup: { by: ['source'], windowMs: 60_000 },
    })
    const signals = [
      about('203.0.113.1', { user: 'root', uri: '/a' }),
      about('10.0.0.1'),
      about('203.0.113.1'),
      about('198.51.100.3'),
      about('203.0.113.2'),
    ]
    const preview = await client.preview(signals)
    expect(preview.signals.map(({ index, machineId: id, json }) => [index, id, JSON.parse(json)])).toEqual([
      [0, machineId, { ...signals[0], context: [{ key: 'uri', value: '/A' }] }],
      [4, machineId, signals[4]],
    ])
    expect(preview.filtered.map(({ index, reason, detail }) => [index, reason, detail])).toEqual([
      [1, 'private_address', '10.0.0.1 is private'],
      [2, 'repeated', 'the same source was added within 60000 ms'],
      [3, 'never_report', '198.51.100.3 meets 198.51.100.0/24 of neverReport'],
    ])
    expect(preview.filtered[0]?.signal).toBe(signals[1])
    expect(await storage.listSignals()).toMatchObject({ signals: [] })
  })

  test('changes nothing: a preview is no first report for the dedup window, and any number of them show the same', async () => {
    const { client } = arrange({ dedup: { by: ['source'], windowMs: 60_000 } })
    const signals = [about('203.0.113.1')]
    const first = await client.preview(signals)
    expect(await client.preview(signals)).toEqual(first)
    expect(await client.addSignals(signals)).toMatchObject({ added: 1, repeated: 0 })
    expect((await client.preview(signals)).filtered).toMatchObject([{ reason: 'repeated' }])
  })

  test('does not open the store where nothing has to be looked up', async () => {
    const { storage } = arrange()
    let opened = 0
    storage.open = async () => {
      opened += 1
    }
    const client = new CapiClient({ storage, scenarios: ['acme/http-bf'], environment: 'development' })
    expect((await client.preview([about('203.0.113.1')])).signals).toHaveLength(1)
    expect(opened).toBe(0)
  })

  test('names everything that is wrong, as addSignals does', async () => {
    const { client } = arrange()
    const bad = [{ ...about('203.0.113.1'), uuid: '' }, about('203.0.113.2'), { ...about('203.0.113.3'), scenario: 7 }]
    const failure = await client.preview(bad as unknown as Signal[]).catch((error: unknown) => error)
    expect((failure as InputError).issues.map(({ path }) => path)).toEqual(['signals[0].uuid', 'signals[2].scenario'])
  })

  test('what it shows is what addSignals stores, byte for byte, whatever comes', async () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('203.0.113.1', '10.0.0.1', '198.51.100.0/23'))
    const signals = fc.array(
      fc.tuple(address, fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 })).map(([ip, context]) => ({
        ...about('203.0.113.1'),
        source: { scope: 'ip', value: ip },
        context: Object.entries(context).map(([key, value]) => ({
          key: key.toWellFormed(),
          value: value.toWellFormed(),
        })),
      })),
      { maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(signals, fc.boolean(), async (given, isStream) => {
        const { client, storage } = arrange({
          neverReport: ['198.51.100.7'],
          dedup: { by: ['source'], windowMs: 60_000 },
          redact: (key, value) => (key.length > 5 ? undefined : value.slice(0, 5)),
        })
        const preview = await client.preview(isStream ? given.values() : given)
        const result = await client.addSignals(given)
        const stored = (await storage.listSignals()).signals.map(({ payload }) => payload)
        expect(stored).toEqual(preview.signals.map(({ json }) => json))
        expect(result.filtered + result.repeated).toBe(preview.filtered.length)
      }),
      { numRuns: 200 },
    )
  })
})
