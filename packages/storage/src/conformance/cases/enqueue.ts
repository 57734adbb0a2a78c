import { expect } from 'vitest'
import { drain, leaseOne, listAll, machineA, machineB, machineNumber, signals, uuidNumber, uuids } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const enqueueCases: readonly ConformanceCase[] = [
  {
    name: 'an empty batch is a no-op',
    async run({ connect }) {
      const storage = await connect()
      expect(await storage.enqueue([])).toEqual({ added: 0, duplicates: 0 })
      expect(await storage.stats()).toMatchObject({ pending: 0, machines: 0 })
    },
  },
  {
    name: 'a uuid that the machine has already is a duplicate, and the first content wins',
    async run({ connect }) {
      const [one, other] = [await connect(), await connect()]
      expect(await one.enqueue(signals(machineA, 3))).toEqual({ added: 3, duplicates: 0 })
      const changed = signals(machineA, 4).map((signal) => ({ ...signal, payload: '{"changed":true}' }))
      expect(await other.enqueue(changed)).toEqual({ added: 1, duplicates: 3 })
      const payloads = (await listAll(one)).map(({ payload }) => payload)
      expect(payloads.filter((payload) => payload === '{"changed":true}').length).toBe(1)
      expect(await one.stats()).toMatchObject({ pending: 4 })
    },
  },
  {
    name: 'a uuid twice in one batch is a duplicate too',
    async run({ connect }) {
      const storage = await connect()
      const [signal] = signals(machineA, 1)
      if (signal === undefined) throw new Error('no signal')
      expect(await storage.enqueue([signal, signal, { ...signal, payload: '2' }])).toEqual({ added: 1, duplicates: 2 })
      expect(await listAll(storage)).toMatchObject([{ payload: signal.payload }])
    },
  },
  {
    name: 'order is that of adding, whatever the uuids say',
    async run({ connect }) {
      const storage = await connect()
      const added = [5, 3, 9, 1].map(uuidNumber)
      const batch = added.map((uuid) => ({ machineId: machineA, uuid, payload: uuid }))
      await storage.enqueue(batch.slice(0, 2))
      await storage.enqueue(batch.slice(2))
      expect(uuids(await listAll(storage))).toEqual(added)
      expect((await leaseOne(storage)).signals).toEqual(batch.map(({ uuid, payload }) => ({ uuid, payload })))
    },
  },
  {
    name: 'machine ids and uuids are compared as text: case, spaces and punctuation count',
    async run({ connect }) {
      const storage = await connect()
      const ids = ['id', 'ID', 'id ', 'i', 'id:id', '{id}', '*', '%', "'", '😀', 'é', 'e\u0301']
      const batch = ids.flatMap((machineId) =>
        ids.map((uuid) => ({ machineId, uuid, payload: `${machineId}|${uuid}` })),
      )
      expect(await storage.enqueue(batch)).toEqual({ added: batch.length, duplicates: 0 })
      expect(await storage.enqueue(batch)).toEqual({ added: 0, duplicates: batch.length })
      for (const machineId of ids) {
        const own = await listAll(storage, { machineId })
        expect(own.map(({ payload }) => payload)).toEqual(ids.map((uuid) => `${machineId}|${uuid}`))
      }
      expect(await storage.stats()).toMatchObject({ machines: ids.length, pending: batch.length })
    },
  },
  {
    name: 'the same uuid under two machines is two signals',
    async run({ connect }) {
      const storage = await connect()
      expect(await storage.enqueue([...signals(machineA, 1), ...signals(machineB, 1)])).toEqual({
        added: 2,
        duplicates: 0,
      })
      expect(await drain(storage)).toEqual([uuidNumber(0), uuidNumber(0)])
    },
  },
  {
    name: 'leased, rejected and kept signals count as duplicates; a deleted one’s uuid is forgotten',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 4))
      const lease = await leaseOne(storage, 3)
      expect(await storage.enqueue(signals(machineA, 4))).toEqual({ added: 0, duplicates: 4 })
      await storage.settle(lease, {
        sent: [uuidNumber(0)],
        keepSent: true,
        rejected: [{ uuid: uuidNumber(1), reason: 'no' }],
      })
      expect(await storage.enqueue(signals(machineA, 2))).toEqual({ added: 0, duplicates: 2 })
      expect(await storage.deleteSignals({ status: 'sent' })).toBe(1)
      expect(await storage.deleteSignals({ status: 'rejected' })).toBe(1)
      expect(await storage.enqueue(signals(machineA, 2))).toEqual({ added: 2, duplicates: 0 })
    },
  },
  {
    name: 'a sent and deleted signal’s uuid is forgotten',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 1))
      expect((await drain(storage)).length).toBe(1)
      expect(await storage.enqueue(signals(machineA, 1))).toEqual({ added: 1, duplicates: 0 })
      expect((await drain(storage)).length).toBe(1)
    },
  },
  {
    name: 'a batch with one bad signal is refused whole, before anything is stored',
    async run({ connect }) {
      const storage = await connect()
      const bad = [
        { machineId: '', uuid: uuidNumber(9), payload: '{}' },
        { machineId: machineA, uuid: '', payload: '{}' },
        { machineId: machineA, uuid: uuidNumber(9), payload: 'a\0b' },
        { machineId: machineA, uuid: uuidNumber(9), payload: 'a\ud800b' },
      ]
      for (const signal of bad) {
        const batch = [...signals(machineA, 2), signal, ...signals(machineB, 2, 2)]
        await expect(storage.enqueue(batch)).rejects.toMatchObject({ code: 'invalid_input' })
      }
      expect(await listAll(storage)).toEqual([])
      expect(await storage.stats()).toMatchObject({ pending: 0 })
    },
  },
  {
    name: 'payloads come out exactly as they went in: any script, emoji, escapes, a megabyte',
    async run({ connect }) {
      const storage = await connect()
      const texts = [
        '{"a":"é 漢字 😀 \\u0000 \\" \\\\"}',
        '[1,2.50,{"x":null}]',
        ` {"spaces" :  1}\n`,
        `"${'x'.repeat(1_048_000)}"`,
        "'; DROP TABLE signals; --",
      ]
      await storage.enqueue(texts.map((payload, index) => ({ machineId: machineA, uuid: uuidNumber(index), payload })))
      const lease = await leaseOne(storage)
      expect(lease.signals.map(({ payload }) => payload)).toEqual(texts)
    },
  },
  {
    name: 'a batch may hold thousands of signals of hundreds of machines, each in order',
    async run({ connect }) {
      const storage = await connect()
      const batch = Array.from({ length: 3_000 }, (_, index) => signals(machineNumber(index % 300), 1, index)).flat()
      expect(await storage.enqueue(batch)).toEqual({ added: 3_000, duplicates: 0 })
      expect(await storage.stats()).toMatchObject({ pending: 3_000, machines: 300 })
      const lease = await leaseOne(storage, 3)
      const own = batch.filter(({ machineId }) => machineId === lease.machineId)
      expect(uuids(lease.signals)).toEqual(uuids(own.slice(0, 3)))
    },
  },
]
