import { setTimeout as sleep } from 'node:timers/promises'
import { createSignal } from '@cscapi/client'
import { startEmulator } from './emulator.js'
import type { Contest, Numbers, Setting } from './frame/bench.js'
import { longestTurn } from './longest-turn.js'
import { clientOf } from './sending.js'
import { signalInput } from './signals.js'
import { stores } from './stores.js'

const MACHINES = 20

/** The longest time for which others have to wait while signals are added and drained. */
async function turns({ folder, isSmall }: Setting): Promise<Numbers> {
  const emulator = await startEmulator(0)
  const { storage } = await stores.SQLite(folder)
  const client = clientOf(storage, emulator.url)
  try {
    const signals = Array.from({ length: isSmall ? 1_000 : 100_000 }, (_, number) =>
      createSignal(signalInput(number, MACHINES)),
    )
    globalThis.gc?.()
    const addingMs = await longestTurn(() => client.addSignals(signals.values()))
    const drainingMs = await longestTurn(() => client.sendSignals())
    return { addingMs, drainingMs }
  } finally {
    await client.close()
    emulator.stop()
  }
}

/** Per cent of a core that a client takes which is started and has nothing to do. */
async function idle({ folder, isSmall }: Setting): Promise<Numbers> {
  const emulator = await startEmulator(0)
  const { storage } = await stores.SQLite(folder)
  const client = clientOf(storage, emulator.url)
  try {
    await client.start()
    await sleep(isSmall ? 100 : 5_000)
    const seconds = isSmall ? 0.5 : 30
    const before = process.cpuUsage()
    await sleep(seconds * 1_000)
    const { user, system } = process.cpuUsage(before)
    return { percent: (user + system) / 10_000 / seconds }
  } finally {
    await client.close()
    emulator.stop()
  }
}

/** What a client takes from the rest of its process. */
export const quiet: Contest = {
  sides: { turns, idle },
  rows: [
    {
      name: 'longest turn while 100,000 are added, SQLite',
      unit: 'ms',
      ours: ['turns', 'addingMs'],
      goal: { ours: { atMost: 10 } },
    },
    {
      name: 'longest turn while they are sent, SQLite',
      unit: 'ms',
      ours: ['turns', 'drainingMs'],
      goal: { ours: { atMost: 10 } },
    },
    {
      name: 'idle client with its scheduler, % of a core',
      unit: '',
      ours: ['idle', 'percent'],
      goal: { ours: { atMost: 0.1 } },
    },
  ],
}
