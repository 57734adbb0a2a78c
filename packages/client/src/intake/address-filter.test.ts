import { generateMachineIdFromKey } from '@cscapi/core'
import { createSignal, type Signal } from '@cscapi/signals'
import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { CapiClient, type CapiClientOptions, type FilteredSignal, InputError } from '../index.js'

const machineId = generateMachineIdFromKey('sensor-1')

const about = (attackerIp: string): Signal =>
  createSignal({ attackerIp, scenario: 'crowdsecurity/ssh-bf', createdAt: new Date(1_700_000_000_000), machineId })

function arrange(options: Partial<CapiClientOptions> = {}) {
  const storage = new MemoryStorage()
  const client = new CapiClient({
    storage,
    scenarios: ['crowdsecurity/ssh-bf'],
    environment: 'development',
    ...options,
  })
  const stored = async () => (await storage.listSignals()).signals.map(({ payload }) => JSON.parse(payload) as Signal)
  return { client, stored }
}

/** Why a signal about this address is left out, or `undefined` when it is stored. */
async function reasonFor(address: string, options: Partial<CapiClientOptions> = {}) {
  const { client, stored } = arrange(options)
  const filtered: FilteredSignal[] = []
  const result = await client.addSignals([about(address)], { onFiltered: (one) => filtered.push(one) })
  expect(result).toMatchObject({ added: 1 - filtered.length, filtered: filtered.length })
  expect(await stored()).toHaveLength(result.added)
  return filtered[0]?.reason
}

describe('private addresses', () => {
  test.each([
    ['private', '10.0.0.5', '172.16.0.1', '172.31.255.255', '192.168.1.7', 'fd00::1', 'fec0::1', '64:ff9b:1::1'],
    ['loopback', '127.0.0.1', '127.255.255.255', '::1'],
    ['link-local', '169.254.169.254', 'fe80::1', 'febf::1'],
    ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1'],
    ['unspecified', '0.0.0.0', '::'],
    ['carrier-shared', '100.64.0.1', '100.127.255.255'],
    ['reserved', '240.0.0.1', '255.255.255.255'],
    ['disguised', '::ffff:10.0.0.5', '::ffff:7f00:1', '64:ff9b::10.0.0.5'],
    ['ranges of them', '10.1.0.0/16', 'fe80::/64', '::ffff:192.168.0.0/112'],
    ['ranges that hold them', '0.0.0.0/0', '8.0.0.0/5', '192.0.0.0/8', '::/0'],
  ])('%s ones are left out by default', async (_kind, ...addresses) => {
    for (const address of addresses) expect([address, await reasonFor(address)]).toEqual([address, 'private_address'])
  })

  test('addresses next to them, and those of documentation and benchmarks, are stored', async () => {
    const neighbours = ['9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0']
    const more = ['100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0', '169.253.255.255', '223.255.255.255']
    const documented = ['192.0.2.1', '198.51.100.7', '203.0.113.0/24', '2001:db8::1', '198.18.0.1', '2606:4700::1']
    for (const address of [...neighbours, ...more, ...documented]) {
      expect([address, await reasonFor(address)]).toEqual([address, undefined])
    }
  })

  test('allowPrivate lets them all pass', async () => {
    for (const address of ['10.0.0.5', '::1', '0.0.0.0/0']) {
      expect(await reasonFor(address, { allowPrivate: true })).toBeUndefined()
    }
  })
})

describe('neverReport', () => {
  const neverReport = ['198.51.100.0/24', '203.0.113.7', '2001:db8:1::/48']

  test('leaves out what is inside a network of yours, and ranges that hold one', async () => {
    const inside = ['198.51.100.1', '198.51.100.128/25', '203.0.113.7', '2001:db8:1:2::3', '::ffff:198.51.100.9']
    const around = ['198.51.0.0/16', '203.0.113.0/24', '2001:db8::/32']
    for (const address of [...inside, ...around]) {
      expect([address, await reasonFor(address, { neverReport })]).toEqual([address, 'never_report'])
    }
  })

  test('lets everything else pass', async () => {
    for (const address of ['198.51.101.1', '203.0.113.8', '203.0.113.8/29', '2001:db8:2::1']) {
      expect(await reasonFor(address, { neverReport })).toBeUndefined()
    }
  })

  test('takes IPv4-mapped networks for what they are', async () => {
    expect(await reasonFor('198.51.100.4', { neverReport: ['::ffff:198.51.100.0/120'] })).toBe('never_report')
  })

  test('acts with allowPrivate too: your own private networks stay yours', async () => {
    const options = { allowPrivate: true, neverReport: ['10.20.0.0/16'] }
    expect(await reasonFor('10.20.3.4', options)).toBe('never_report')
    expect(await reasonFor('10.21.3.4', options)).toBeUndefined()
  })

  test('an entry that is no network is refused when the client is made', () => {
    expect(() => arrange({ neverReport: ['198.51.100.0/24', '198.51.100.0/99', 'localhost'] })).toThrow(
      /neverReport\[1\].*198\.51\.100\.0\/99.*neverReport\[2\].*localhost/,
    )
  })
})

describe('the addresses of one signal', () => {
  const decision = {
    id: 0,
    duration: '4h',
    origin: 'acme',
    scenario: 'crowdsecurity/ssh-bf',
    type: 'ban',
    scope: 'Ip',
    value: '203.0.113.7',
  }
  const source = { scope: 'Ip', value: '203.0.113.7', ip: '203.0.113.7' }

  async function added(change: Partial<Signal>) {
    const { client } = arrange({ neverReport: ['198.51.100.0/24'] })
    return (await client.addSignals([{ ...about('203.0.113.7'), ...change }])).added
  }

  test('those of its decisions count too', async () => {
    expect(await added({ decisions: [decision] })).toBe(1)
    expect(await added({ decisions: [decision, { ...decision, value: '192.168.1.1' }] })).toBe(0)
    expect(await added({ decisions: [{ ...decision, scope: 'range', value: '198.0.0.0/8' }] })).toBe(0)
  })

  test('source.ip counts under any scope', async () => {
    expect(await added({ source: { scope: 'username', value: 'root' } })).toBe(1)
    expect(await added({ source: { scope: 'username', value: 'root', ip: '10.0.0.5' } })).toBe(0)
    expect(await added({ source: { scope: 'username', value: '10.0.0.5' } })).toBe(0)
  })

  test('the network around an attacker may hold yours, but must not be private', async () => {
    expect(await added({ source: { ...source, range: '198.51.0.0/16' } })).toBe(1)
    expect(await added({ source: { ...source, range: '10.0.0.0/8' } })).toBe(0)
  })

  test('a value that cannot be read as the address it is said to be is an input error, since it may hide one', async () => {
    for (const value of ['10.0.0.010', 'fe80::1%eth0', 'gateway.acme.example', '']) {
      await expect(added({ source: { scope: 'ip', value } })).rejects.toMatchObject({
        issues: [{ path: 'signals[0].source.value', value: JSON.stringify(value), rule: /address/ }],
      })
    }
    const failure = await added({
      source: { ...source, ip: '10.0.0' },
      decisions: [{ ...decision, value: 'x' }],
    }).catch((error: unknown) => error)
    expect((failure as InputError).issues.map(({ path }) => path)).toEqual([
      'signals[0].source.ip',
      'signals[0].decisions[0].value',
    ])
  })
})

describe('what the caller is told', () => {
  test('a private address in a stream of many spoils nothing: it is counted, with its reason, and the others are stored', async () => {
    const { client, stored } = arrange({ neverReport: ['198.51.100.0/24'] })
    const filtered: FilteredSignal[] = []
    const dropped: unknown[] = []
    client.on('dropped', (event) => dropped.push(event))
    function* lines() {
      for (let line = 0; line < 2_500; line += 1) {
        if (line % 1_000 === 7) yield about('192.168.1.1')
        else if (line === 2_400) yield about('198.51.100.9')
        else yield about('203.0.113.7')
      }
    }
    expect(await client.addSignals(lines(), { onFiltered: (one) => filtered.push(one) })).toEqual({
      added: 2_496,
      duplicates: 0,
      filtered: 4,
      repeated: 0,
      dropped: 0,
    })
    expect(filtered.map(({ index, reason }) => [index, reason])).toEqual([
      [7, 'private_address'],
      [1_007, 'private_address'],
      [2_007, 'private_address'],
      [2_400, 'never_report'],
    ])
    expect(filtered.at(0)?.detail).toBe('192.168.1.1 is private')
    expect(filtered.at(-1)?.detail).toBe('198.51.100.9 meets 198.51.100.0/24 of neverReport')
    expect(dropped).toEqual([
      { count: 1, reason: 'filtered' },
      { count: 1, reason: 'filtered' },
      { count: 2, reason: 'filtered' },
    ])
    expect(JSON.stringify(await stored())).not.toContain('192.168.')
  })

  test('a callback that throws breaks nothing, and is warned of', async () => {
    const { client } = arrange()
    const warnings: string[] = []
    client.on('warning', ({ code }) => warnings.push(code))
    const onFiltered = () => {
      throw new Error('mine')
    }
    expect(await client.addSignals([about('10.0.0.1'), about('203.0.113.1')], { onFiltered })).toMatchObject({
      added: 1,
      filtered: 1,
    })
    expect(warnings).toEqual(['listener_failed'])
  })

  test('an input error comes before any filter: nothing is stored, nothing is told', async () => {
    const { client } = arrange()
    const told: unknown[] = []
    client.on('dropped', (event) => told.push(event))
    const bad = { ...about('203.0.113.1'), uuid: '' }
    await expect(client.addSignals([about('10.0.0.1'), about('203.0.113.1'), bad])).rejects.toBeInstanceOf(InputError)
    expect(told).toEqual([])
    expect(await client.stats()).toMatchObject({ pending: 0 })
  })
})
