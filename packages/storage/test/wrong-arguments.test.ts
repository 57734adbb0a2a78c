import { describe, expect, test } from 'vitest'
import { copyStorage, MemoryStorage, type Storage } from '../src/index.js'

const WRONG: readonly unknown[] = [undefined, null, 7, 'text', [], [null], [7], {}, { machineId: 7 }, true, Number.NaN]
type Call = (storage: Storage, value: never) => Promise<unknown>

/** For each call what is wrong with every argument it takes, but for those that `takes` names. */
const calls: readonly [name: string, call: Call, takes: readonly unknown[]][] = [
  ['getMachine', (storage, value) => storage.getMachine(value), ['text']],
  ['createMachine', (storage, value) => storage.createMachine(value), []],
  ['updateMachine', (storage, value) => storage.updateMachine(value, {}), ['text']],
  ['updateMachine with a patch', (storage, value) => storage.updateMachine('m', value), WRONG.slice(7, 9)],
  ['listMachines', (storage, value) => storage.listMachines(value), [undefined, WRONG[7], WRONG[8]]],
  ['deleteMachines', (storage, value) => storage.deleteMachines(value), [WRONG[4]]],
  ['getState', (storage, value) => storage.getState(value), ['text']],
  ['setState', (storage, value) => storage.setState(value, undefined), ['text']],
  ['setState with a value', (storage, value) => storage.setState('k', value), [undefined]],
  [
    'setState with options',
    (storage, value) => storage.setState('k', undefined, value),
    [undefined, WRONG[7], WRONG[8]],
  ],
  ['enqueue', (storage, value) => storage.enqueue(value), [WRONG[4]]],
  ['lease', (storage, value) => storage.lease(value), []],
  ['settle', (storage, value) => storage.settle(value, {}), []],
  [
    'settle with a result',
    (storage, value) => storage.settle({ machineId: 'm', token: 't' }, value),
    WRONG.slice(7, 9),
  ],
  ['extend', (storage, value) => storage.extend(value, 1), []],
  ['extend for a time', (storage, value) => storage.extend({ machineId: 'm', token: 't' }, value), [7]],
  ['listSignals', (storage, value) => storage.listSignals(value), [undefined, WRONG[7]]],
  ['listSignals from a page', (storage, value) => storage.listSignals({}, value), [undefined, WRONG[7], WRONG[8]]],
  ['deleteSignals', (storage, value) => storage.deleteSignals(value), [undefined, WRONG[7]]],
  ['deleteSignals up to a limit', (storage, value) => storage.deleteSignals({}, value), [undefined, 7]],
  ['requeueSignals', (storage, value) => storage.requeueSignals(value), [undefined, WRONG[7]]],
  ['requeueSignals up to a limit', (storage, value) => storage.requeueSignals({}, value), [undefined, 7]],
]

describe('a wrong argument is an InputError in our words, and the store is not touched', () => {
  test.each(calls)('%s', async (_, call, takes) => {
    const storage = new MemoryStorage()
    await storage.createMachine({ machineId: 'm', password: 'p' })
    await storage.createMachine({ machineId: 'text', password: 'p' })
    for (const value of WRONG) {
      const outcome = await call(storage, value as never).then(
        () => 'taken',
        (error: unknown) => error,
      )
      if (takes.includes(value)) expect(outcome, JSON.stringify(value)).toBe('taken')
      else {
        expect(outcome, JSON.stringify(value)).toMatchObject({
          code: 'invalid_input',
          message: expect.stringMatching(/^The store was not touched: .*(must be|is not known)/),
        })
      }
    }
    expect(await storage.stats()).toMatchObject({ machines: 2, pending: 0 })
  })

  test('a filter with a typo, which would match everything, is refused with what was meant', async () => {
    const storage = new MemoryStorage()
    await expect(storage.deleteSignals({ machineID: 'm' } as never)).rejects.toThrow(
      'filter.machineID: is not known here; did you mean machineId?',
    )
    await expect(storage.deleteSignals({ status: 'failed' } as never)).rejects.toThrow('must be "pending"')
  })

  test('no password and no token is quoted', async () => {
    const storage = new MemoryStorage()
    const secret = 's3cret\0'
    for (const call of [
      storage.createMachine({ machineId: 'm', password: secret }),
      storage.updateMachine('m', { password: secret }),
      storage.updateMachine('m', { token: { value: secret, scenarios: [], lifetimeMs: 1 } }),
    ]) {
      const error: unknown = await call.catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'invalid_input' })
      expect(JSON.stringify(error)).not.toContain('s3cret')
    }
  })
})

describe('the options of MemoryStorage', () => {
  test.each([
    [{ share: 1 }, /share: is not known here; did you mean shared\?/],
    [{ now: 7 }, /now: must be a function/],
    [{ shared: {} }, /shared: must be a MemoryStorage/],
    [null, /must be an object/],
    ['text', /must be an object/],
  ])('%j is refused', (options, words) => {
    expect(() => new MemoryStorage(options as never)).toThrow(words)
  })
})

describe('copyStorage', () => {
  test.each([
    [{ onProgres: () => undefined }, /onProgres: is not known here; did you mean onProgress\?/],
    [{ onProgress: 7 }, /onProgress: must be a function/],
    [{ signal: {} }, /signal: must be an AbortSignal/],
    [null, /must be an object/],
  ])('refuses the options %j', async (options, words) => {
    await expect(copyStorage(new MemoryStorage(), new MemoryStorage(), options as never)).rejects.toThrow(words)
  })

  test('names all that is no storage', async () => {
    await expect(copyStorage(undefined as never, 'sqlite:a.db' as never)).rejects.toThrow(
      /from: must be a storage.*to: must be a storage/,
    )
  })
})
