import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEmulator, InputError } from '../src/index.js'
import { Caller, MACHINE_ID, MACHINES, PASSWORD } from './caller.js'

/** What a test author calls, with whatever. */
const calls: readonly [string, (value: unknown) => unknown][] = [
  ['createEmulator', (value) => createEmulator(value as never)],
  ['listen', (value) => createEmulator().listen(value as never)],
  ['setDecisions', (value) => createEmulator().setDecisions(value as never)],
  ['setBlocklists', (value) => createEmulator().setBlocklists(value as never)],
  ['setAllowlists', (value) => createEmulator().setAllowlists(value as never)],
  ['faults.inject', (value) => createEmulator().faults.inject(value as never)],
  ['machines.get', (value) => createEmulator().machines.get(value as never)],
  ['machines.logins', (value) => createEmulator().machines.logins(value as never)],
  ['machines.register', (value) => createEmulator().machines.register(value as never, value as never)],
  ['machines.delete', (value) => createEmulator().machines.delete(value as never)],
  ['machines.expireTokens', (value) => createEmulator().machines.expireTokens(value as never)],
  ['record.of', (value) => createEmulator().record.of(value as never)],
  ['record.last', (value) => createEmulator().record.last(value as never)],
  ['record.count', (value) => createEmulator().record.count(value as never)],
  ['signals.get', (value) => createEmulator().signals.get(value as never)],
  ['signals.has', (value) => createEmulator().signals.has(value as never)],
  ['signals.ofMachine', (value) => createEmulator().signals.ofMachine(value as never)],
]

test.each(calls)('%s answers a wrong argument in our words, or not at all', async (name, call) => {
  const wrong = fc.oneof(
    fc.anything(),
    fc.constantFrom(undefined, null, 0, 5, true, '__proto__', 'constructor', [], {}),
  )
  await fc.assert(
    fc.asyncProperty(wrong, async (value) => {
      try {
        const result = await call(value)
        if (name === 'listen') await (result as { close(): Promise<void> }).close()
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
        expect(String(error)).not.toMatch(/Invalid input|expected .*received/)
      }
    }),
    { numRuns: name === 'listen' ? 30 : 200 },
  )
  for (const value of [Symbol('x'), 7n]) await expect((async () => call(value))()).rejects.toBeInstanceOf(InputError)
})

test('a typo is refused with what was probably meant, and the password of a machine is not shown', () => {
  expect(() => createEmulator({ tokenLifetime: 5 } as never)).toThrow('did you mean tokenLifetimeMs?')
  expect(() => createEmulator().faults.inject({ route: 'signals', stauts: 503 } as never)).toThrow(
    'did you mean status?',
  )
  expect(() => createEmulator().record.count({ rout: 'login' } as never)).toThrow('did you mean route?')
  expect(() => createEmulator().machines.register('m', ['hunter2'] as never)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  )
})

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('%s is a word like any other', async (word) => {
  const emulator = createEmulator({
    machines: MACHINES,
    requireMachineIdLength: false,
    decisions: [{ value: word, scope: word, scenario: word }],
    blocklists: [{ name: word, values: [word] }],
  })
  const capi = Caller.inProcess(emulator)
  expect(emulator.machines.get(word)).toBeUndefined()
  expect(await capi.post('/watchers/login', { machine_id: word, password: PASSWORD })).not.toMatchObject({
    status: 200,
  })
  const auth = await capi.authorised(MACHINE_ID)
  expect(await capi.get('/decisions/stream', auth)).toMatchObject({
    status: 200,
    json: { new: [{ scenario: word, scope: word, decisions: [{ value: word }] }] },
  })
  for (const path of [`/${word}`, `/watchers/${word}`, `https://x.example/blocklists/${word}`, `/%zz${word}`]) {
    expect((await capi.get(path, auth)).status).toBe(404)
  }
  const response = await capi.fetch('/metrics', {
    method: 'POST',
    body: `{"${word}":{}}`,
    headers: { ...auth.headers, [word]: 'x' },
  })
  expect(response.status).toBe(200)
  expect(emulator.signals.has(word)).toBe(false)
})
