import { CapiClient, type ClientEventName, InputError, type Signal } from '@cscapi/client'
import { createSignal } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { arrange, machine } from './arrange.js'

/** Names that every object of JavaScript has, so that looking one up in a table finds something. */
const WORDS = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'prototype']

const word = (name: string, value: unknown) => JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`)

describe.each(WORDS)('%s, in a place where somebody else chooses the words', (name) => {
  test('of a signal, leaves as it is', async () => {
    const { client, emulator } = arrange()
    const signal: Signal = createSignal({
      source: { scope: name, value: name, cn: name, as_name: name },
      scenario: /^\w+$/.test(name) ? `acme/${name}` : 'acme/x',
      createdAt: new Date(1_700_000_000_000),
      machineId: machine(),
      message: name,
      kind: name,
      scenarioTrust: name,
      context: word(name, [name, name]),
      decisions: [{ duration: '4h', id: 0, origin: name, scenario: name, scope: name, type: name, value: name }],
    })
    expect(signal.context).toEqual([
      { key: name, value: name },
      { key: name, value: name },
    ])
    const preview = await client.preview([signal])
    expect(preview.signals).toMatchObject([{ json: JSON.stringify(signal) }])
    await client.addSignals([signal])
    await expect(client.sendSignals()).resolves.toMatchObject({ sent: 1, rejected: 0, postponed: 0 })
    expect([...emulator.signals].map((received) => received.signal?.source)).toMatchObject([
      { scope: name, value: name },
    ])
    await client.close()
  })

  test('of the stream, breaks no pull', async () => {
    const { connect, emulator } = arrange()
    const stream = {
      new: [
        { scenario: name, scope: name, decisions: [{ value: name, duration: '4h' }] },
        { scenario: name, scope: 'ip', decisions: [{ value: '198.51.100.9', duration: '4h' }] },
        word(name, name),
      ],
      deleted: [{ scope: name, decisions: [name] }],
      links: word(name, []),
    }
    const fetch: typeof globalThis.fetch = async (input, init) =>
      String(input).includes('/decisions/stream') ? Response.json(stream) : emulator.fetch(input, init)
    const client = connect({ fetch })
    const answer = await client.getDecisions({ machineId: machine() })
    expect(answer.new).toMatchObject([{ scope: name, scenario: name, value: name }, { scope: 'Ip' }])
    expect(answer.deleted).toEqual([{ scope: name, value: name }])
    await expect(client.pullDecisions({ machineId: machine() })).resolves.toMatchObject({ pulled: true })
    expect((await client.decisions()).check('198.51.100.9')).toMatchObject({ value: '198.51.100.9' })
    await client.close()
  })

  test('of an argument, is refused by its name or taken for what it is', async () => {
    const { client, connect, storage } = arrange()
    expect(() => client.on(name as ClientEventName, () => {})).toThrow(InputError)
    expect(() => connect({ environment: name as 'production' })).toThrow(InputError)
    expect(() => connect(word(name, 1))).toThrow(/is not known here/)
    await expect(client.getDecisions({ machineId: name })).rejects.toThrow(InputError)
    await expect(client.deleteMachines([name])).resolves.toBe(0)
    await expect(client.reviveMachines([name])).resolves.toBe(0)
    await expect(client.requeueRejected({ machineId: name })).resolves.toBe(0)
    await client.close()
    await storage.close()
  })

  test('of a state that another program wrote, stops nothing', async () => {
    const { storage, connect, client } = arrange()
    const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
    await client.stats()
    const states: readonly [key: string, value: unknown][] = [
      ['pause:sending', { reason: name }],
      ['unauthorized', [name]],
      ['login-budget', word(name, name)],
      ['decisions:snapshot', { generation: name, chunks: 0, lists: word(name, {}) }],
      ['decisions:pulled', word(name, name)],
      ['scheduler:leader', name],
    ]
    for (const [key, value] of states) await storage.setState(key, bytes(value), { expiresInMs: 1_000 })
    const other = connect({ loginBudget: { logins: 5, windowMs: 1_000 } })
    await expect(other.stats()).resolves.toMatchObject({ pending: 0 })
    await expect(other.prometheus()).resolves.toContain('cscapi_machines')
    await expect(other.sendSignals()).resolves.toMatchObject({ sent: 0 })
    await expect(other.pullDecisions({ machineId: machine(), force: true })).resolves.toMatchObject({ pulled: true })
    await other.close()
    await client.close()
  })
})

test('CapiClient takes no word for a class', () => {
  for (const name of WORDS) expect(() => new CapiClient(name as never)).toThrow(InputError)
})
