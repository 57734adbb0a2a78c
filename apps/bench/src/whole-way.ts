import { join } from 'node:path'
import { createSignal, type Signal } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { costOf } from './cost.js'
import { startEmulator } from './emulator.js'
import type { Contest, Numbers, Setting } from './frame/bench.js'
import { HandMade } from './hand-made-sqlite.js'
import { BATCH, CONCURRENCY, clientOf, type Load, logIn, tokenOf } from './sending.js'
import { machineId, signalInput } from './signals.js'
import { stores } from './stores.js'

const loadOf = ({ isSmall }: Setting): Load => ({ machines: 20, each: isSmall ? 50 : 1_000 })

/** Batches as a program finds them: signals of one machine each, ready to be added. */
function batchesOf({ machines, each }: Load): Signal[][] {
  return Array.from({ length: (machines * each) / BATCH }, (_, batch) =>
    Array.from({ length: BATCH }, (_, index) =>
      createSignal({ ...signalInput(batch * BATCH + index, 1), machineId: machineId(batch % machines) }),
    ),
  )
}

interface Program {
  readonly add: (signals: readonly Signal[]) => unknown
  readonly send: () => Promise<unknown>
}

/** CPU of this process for 1,000 signals, once all has been done before and is compiled. */
async function cost(load: Load, { add, send }: Program): Promise<Numbers> {
  const once = (batches: readonly Signal[][]) =>
    costOf(1, async () => {
      for (const batch of batches) await add(batch)
      await send()
    })
  await once(batchesOf(load))
  const { cpuUs, wallUs } = await once(batchesOf(load))
  // Microseconds for one signal are milliseconds for a thousand.
  const signals = load.machines * load.each
  return { cpuMs: cpuUs / signals, wallMs: wallUs / signals }
}

async function ours(setting: Setting): Promise<Numbers> {
  const load = loadOf(setting)
  const emulator = await startEmulator(0)
  const { storage } = await stores.SQLite(setting.folder)
  const client = clientOf(storage, emulator.url)
  try {
    await logIn(client, load)
    const add = (signals: readonly Signal[]) => client.addSignals([...signals])
    const numbers = await cost(load, { add, send: () => client.sendSignals() })
    const { sent } = await client.stats()
    return { ...numbers, sent, all: 2 * load.machines * load.each }
  } finally {
    await client.close()
    emulator.stop()
  }
}

/** better-sqlite3 and fetch, one transaction for each batch that is added, leased or deleted. */
async function hand(setting: Setting): Promise<Numbers> {
  const emulator = await startEmulator(0)
  const model = new SqliteStorage({ path: join(setting.folder, 'model.db'), driver: 'better-sqlite3' })
  await model.open()
  const store = new HandMade(join(setting.folder, 'model.db'), join(setting.folder, 'hand.db'))
  await model.close()
  try {
    const headers = { authorization: `Bearer ${await tokenOf(emulator.url)}`, 'content-type': 'application/json' }
    const worker = async () => {
      for (let lease = store.lease(); lease !== undefined; lease = store.lease()) {
        const body = `[${lease.signals.map(({ payload }) => payload).join(',')}]`
        const response = await fetch(`${emulator.url}/signals`, { method: 'POST', headers, body })
        await response.text()
        if (!response.ok) throw new Error(`The signals were refused with status ${response.status}`)
        store.settle(lease)
      }
    }
    const queued = (signal: Signal) => ({
      machineId: signal.machine_id ?? '',
      uuid: signal.uuid ?? '',
      payload: JSON.stringify(signal),
    })
    return await cost(loadOf(setting), {
      add: (signals) => store.enqueue(signals.map(queued)),
      send: () => Promise.all(Array.from({ length: CONCURRENCY }, worker)),
    })
  } finally {
    store.close()
    emulator.stop()
  }
}

/** Signals that are added, sent and deleted on SQLite, against a program by hand. */
export const wholeWay: Contest = {
  sides: { ours, hand },
  rows: [
    {
      name: '1,000 signals added, sent and pruned, SQLite, CPU',
      unit: 'ms',
      ours: ['ours', 'cpuMs'],
      baseline: ['hand', 'cpuMs'],
      goal: { ratio: { atMost: 1.5 } },
    },
    { name: 'the same by the clock', unit: 'ms', ours: ['ours', 'wallMs'], baseline: ['hand', 'wallMs'] },
    { name: 'signals sent', unit: '', ours: ['ours', 'sent'], baseline: ['ours', 'all'], goal: 'equal' },
  ],
}
