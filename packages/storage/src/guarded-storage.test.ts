import { beforeEach, expect, test } from 'vitest'
import { GuardedStorage, type OpenStore } from './index.js'
import { operationsOn } from './memory/operations/index.js'
import { MemoryStore } from './memory/store.js'

/** An adapter over memory that notes what reaches its store. */
class NotingStorage extends GuardedStorage {
  readonly name = 'noting'
  readonly calls: unknown[][] = []
  opened = 0
  /** What opening waits for. */
  opening: () => Promise<void> = async () => undefined
  /** What every operation waits for. */
  working: () => Promise<void> = async () => undefined

  protected async openStore(): Promise<OpenStore> {
    this.opened += 1
    await this.opening()
    const operations = Object.entries({ ...operationsOn(new MemoryStore(() => 0)) }).map(([name, operation]) => {
      const noted = async (...args: unknown[]) => {
        this.calls.push([name, ...args])
        await this.working()
        return Reflect.apply(operation, undefined, args)
      }
      return [name, noted]
    })
    return Object.fromEntries(operations)
  }
}

let storage: NotingStorage
beforeEach(() => {
  storage = new NotingStorage()
})

test('a call before open() is refused, and says what to do', async () => {
  await expect(storage.stats()).rejects.toMatchObject({
    code: 'storage_closed',
    adapter: 'noting',
    operation: 'stats',
    message: expect.stringContaining('The noting storage is not open: call open() before stats'),
  })
  expect(storage.opened).toBe(0)
})

test('one that is read-only reads, and refuses all that writes before it reaches the store', async () => {
  const reader = new NotingStorage(undefined, { readOnly: true })
  await reader.open()
  expect(await reader.stats()).toMatchObject({ pending: 0 })
  expect(await reader.listSignals()).toMatchObject({ signals: [] })
  reader.calls.length = 0
  for (const [operation, write] of Object.entries({
    createMachine: () => reader.createMachine({ machineId: 'm', password: 'p' }),
    updateMachine: () => reader.updateMachine('m', { registered: true }),
    deleteMachines: () => reader.deleteMachines(['m']),
    setState: () => reader.setState('k', new Uint8Array([1])),
    enqueue: () => reader.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }]),
    lease: () => reader.lease({ leaseMs: 1_000, maxSignals: 1 }),
    settle: () => reader.settle({ machineId: 'm', token: 't' }, { sent: [] }),
    extend: () => reader.extend({ machineId: 'm', token: 't' }, 1_000),
    deleteSignals: () => reader.deleteSignals(),
    requeueSignals: () => reader.requeueSignals(),
  })) {
    await expect(write(), operation).rejects.toMatchObject({
      code: 'storage_read_only',
      operation,
      retryable: false,
      message: expect.stringContaining(`was opened with readOnly: ${operation} writes, and was not done`),
    })
  }
  expect(reader.calls).toEqual([])
})

test('however often it is opened at once or again, the store is opened once', async () => {
  await Promise.all([storage.open(), storage.open(), storage.open()])
  await storage.open()
  expect(storage.opened).toBe(1)
})

test('opening that failed fails for all who waited, with a type, and may be tried again', async () => {
  storage.opening = () => Promise.reject(new Error('no route'))
  for (const outcome of await Promise.allSettled([storage.open(), storage.open()])) {
    expect(outcome).toMatchObject({
      reason: {
        name: 'StorageError',
        code: 'storage_failed',
        operation: 'open',
        message: expect.stringContaining('open failed: no route'),
      },
    })
  }
  storage.opening = async () => undefined
  await storage.open()
  expect(await storage.stats()).toMatchObject({ pending: 0 })
})

test('what is wrong or empty does not reach the store', async () => {
  await storage.open()
  await expect(storage.extend({ machineId: 'm', token: 't' }, 0)).rejects.toMatchObject({ code: 'invalid_input' })
  expect(await storage.enqueue([])).toEqual({ added: 0, duplicates: 0 })
  expect(await storage.deleteMachines([])).toBe(0)
  expect(storage.calls).toEqual([])
})

test('the store is told every default, and each machine once', async () => {
  await storage.open()
  await storage.listMachines()
  await storage.listSignals(undefined, { after: 'x' })
  await storage.deleteSignals()
  await storage.requeueSignals()
  await storage.setState('k', undefined)
  await storage.deleteMachines(['m', 'm'])
  expect(storage.calls).toEqual([
    ['listMachines', { limit: 100 }],
    ['listSignals', {}, { after: 'x', limit: 100 }],
    ['deleteSignals', {}, 500],
    ['requeueSignals', {}, 500],
    ['setState', 'k', undefined, {}],
    ['deleteMachines', ['m']],
  ])
})

test('closing refuses new calls at once, waits for those under way, and closes the store once', async () => {
  await storage.open()
  let goOn = () => {}
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  storage.working = () => gate
  const underWay = storage.stats()
  const closed = Promise.all([storage.close(), storage.close()])
  await expect(storage.getState('k')).rejects.toMatchObject({ code: 'storage_closed' })
  expect(storage.calls).toEqual([['stats']])
  goOn()
  expect(await underWay).toMatchObject({ pending: 0 })
  await closed
  expect(storage.calls).toEqual([['stats'], ['close']])
})

test('closing while it is being opened closes what was opened', async () => {
  let goOn = () => {}
  storage.opening = () =>
    new Promise((resolve) => {
      goOn = resolve
    })
  const opened = storage.open()
  const closed = storage.close()
  goOn()
  await Promise.all([opened, closed])
  expect(storage.calls).toEqual([['close']])
})

test('a failure that has no type gets one, with the operation that failed', async () => {
  await storage.open()
  storage.working = () => Promise.reject(new RangeError('out of bounds'))
  await expect(storage.stats()).rejects.toMatchObject({
    name: 'StorageError',
    code: 'storage_failed',
    operation: 'stats',
    message: expect.stringContaining('stats failed: out of bounds'),
  })
})
