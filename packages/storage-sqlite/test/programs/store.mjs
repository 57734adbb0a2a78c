// One process of the tests: node store.mjs DRIVER COMMAND FILE [NUMBER], or DRIVER openEach.
import { createInterface } from 'node:readline'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const [driver, command, path, number = '0'] = process.argv.slice(2)
const storage = path === undefined ? undefined : new SqliteStorage({ driver, path })
const machineId = 'm'.repeat(48)
const signal = (uuid, machine = machineId) => ({
  machineId: machine,
  uuid,
  payload: JSON.stringify({ uuid, filler: 'x'.repeat(600) }),
})

const commands = {
  /** Opens the files that are named on standard input, one a line. */
  async openEach() {
    process.stdout.write('ready\n')
    for await (const line of createInterface({ input: process.stdin })) {
      const each = new SqliteStorage({ driver, path: line })
      const outcome = await each.open().then(
        () => 'open',
        ({ code, message }) => `${code} ${message}`,
      )
      process.stdout.write(`${outcome}\n`)
      await each.close()
    }
  },
  /**
   * Adds a batch of 100 whenever a line comes in, and says what became of it and how many signals
   * wait.
   */
  async addOnDemand() {
    await storage.open()
    process.stdout.write('ready\n')
    let batch = 0
    for await (const _ of createInterface({ input: process.stdin })) {
      const signals = Array.from({ length: 100 }, (_, index) => signal(`${number}-${batch}-${index}`))
      batch += 1
      const { added, code, driverCode, retryable } = await storage.enqueue(signals).catch((error) => error)
      const { pending } = await storage.stats()
      process.stdout.write(`${JSON.stringify({ added, code, driverCode, retryable, pending })}\n`)
    }
  },
  /** Adds batches of 100 for ever, and prints each batch's number once it is acknowledged. */
  async add() {
    await storage.open()
    for (let batch = 0; ; batch += 1) {
      await storage.enqueue(Array.from({ length: 100 }, (_, index) => signal(`${number}-${batch}-${index}`)))
      process.stdout.write(`${batch}\n`)
    }
  },
  /** 200 callers add for ever, one signal or three a call, and print each call once it is acknowledged. */
  async addEach() {
    await storage.open()
    const caller = async (name) => {
      for (let call = 0; ; call += 1) {
        const count = call % 4 === 0 ? 3 : 1
        const uuids = Array.from({ length: count }, (_, index) => `${number}-${name}-${call}-${index}`)
        await storage.enqueue(uuids.map((uuid) => signal(uuid, `m${name % 7}`.padEnd(48, 'x'))))
        process.stdout.write(`${number}-${name}-${call} ${count}\n`)
      }
    }
    await Promise.all(Array.from({ length: 200 }, (_, name) => caller(name)))
  },
  /** Adds 50 batches of 20 signals over 10 machines. */
  async produce() {
    await storage.open()
    for (let batch = 0; batch < 50; batch += 1) {
      await storage.enqueue(
        Array.from({ length: 20 }, (_, index) =>
          signal(`${number}-${batch}-${index}`, `m${index % 10}`.padEnd(48, 'x')),
        ),
      )
    }
  },
  /** Leases and settles until nothing is due for a while, and prints what it saw. */
  async consume() {
    await storage.open()
    for (let idle = 0; idle < 40; ) {
      const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 10 })
      if (lease === undefined) {
        idle += 1
        await new Promise((resolve) => setTimeout(resolve, 10))
        continue
      }
      idle = 0
      const uuids = lease.signals.map(({ uuid }) => uuid)
      const { lost } = await storage.settle(lease, { sent: uuids })
      for (const uuid of uuids) process.stdout.write(`${lost ? 'lost ' : ''}${uuid}\n`)
    }
  },
}

await commands[command]()
await storage?.close()
