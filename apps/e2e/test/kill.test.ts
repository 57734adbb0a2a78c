import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEmulator, type Emulator } from '@cscapi/emulator'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { randomFrom, testSeed } from './random.js'
import { temporaryFolder } from './temporary-folder.js'

const DEMO = await bundleProgram(new URL('../../example/src/main.ts', import.meta.url))
const isLong = process.env.CSCAPI_TEST_LONG === '1'
const SIGNALS = isLong ? 5_000 : 3_000
const KILLS = isLong ? 30 : 8
const BATCH = 50
/** A run has two machines, and so two workers that hold a batch. */
const WORKERS = 2
const TIMEOUT_MS = 250

/** A log of so many attackers, half of them at the ssh server and half at the web server. */
function attackLog(attackers: number): string {
  const lines: string[] = []
  for (let attacker = 0; attacker < attackers; attacker += 1) {
    const address = `198.18.${Math.floor(attacker / 250)}.${attacker % 250}`
    for (let event = 0; event < 5; event += 1) {
      const second = String(event).padStart(2, '0')
      lines.push(
        attacker % 2 === 0
          ? `2026-03-01T10:00:${second}Z sensor sshd[1]: Invalid user admin from ${address} port 4000${event}`
          : `${address} - - [01/Mar/2026:10:00:${second} +0000] "POST /wp-login.php HTTP/1.1" 200 100 "-" "-"`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

/**
 * Each kill comes right after one of the first few requests of the run, so that work is left for
 * all kills; half of them come at some time before, if that is earlier.
 */
async function killAtRandom(child: ChildProcess, emulator: Emulator, random: () => number): Promise<void> {
  const ended = once(child, 'exit')
  const target = emulator.record.count() + 1 + Math.floor(random() * 7)
  const deadline = performance.now() + (random() < 0.5 ? 50 + random() * 1_500 : Number.POSITIVE_INFINITY)
  while (emulator.record.count() < target && performance.now() < deadline && child.exitCode === null) {
    await Promise.race([sleep(1), ended])
  }
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await ended
}

test(`a process killed ${KILLS} times while it adds and sends loses no signal, and repeats at most one batch per worker and kill`, async () => {
  const seed = testSeed()
  const random = randomFrom(seed)
  const folder = temporaryFolder()
  const log = join(folder, 'attacks.log')
  const path = join(folder, 'cscapi.db')
  writeFileSync(log, attackLog(SIGNALS))
  const emulator = createEmulator({ strict: true, latencyMs: 3 })
  const { url, close } = await emulator.listen()
  const store = new SqliteStorage({ path })
  const start = () =>
    spawn(
      process.execPath,
      [DEMO, '--log', log, '--storage', `sqlite:${path}`, '--environment', url, '--timeout-ms', String(TIMEOUT_MS)],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
  try {
    await store.open()
    let inTheMiddle = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      await killAtRandom(start(), emulator, random)
      if (emulator.signals.size < SIGNALS) inTheMiddle += 1
      // What the dead process held is free again once its lease has run out.
      while ((await store.stats()).leased > 0) await sleep(20)
    }
    let runs = 0
    for (; runs < 20; runs += 1) {
      const child = start()
      const [code] = await once(child, 'exit')
      if (code === 0) break
      await sleep(TIMEOUT_MS)
    }
    const stored: string[] = []
    let after: string | undefined
    do {
      const page = await store.listSignals({}, { limit: 1_000, ...(after !== undefined && { after }) })
      stored.push(...page.signals.map(({ uuid }) => uuid))
      after = page.next
    } while (after !== undefined)
    const repeats = emulator.signals.total - emulator.signals.size
    console.info(
      `seed ${seed}: ${emulator.signals.total} arrivals of ${emulator.signals.size} signals, ${repeats} repeats after ${KILLS} kills, ${inTheMiddle} of them with signals left, ${runs} more runs`,
    )
    expect(inTheMiddle).toBeGreaterThan(KILLS / 2)
    expect(stored.length).toBe(SIGNALS)
    expect(stored.filter((uuid) => !emulator.signals.has(uuid))).toEqual([])
    expect(emulator.signals.size).toBe(SIGNALS)
    expect(repeats).toBeLessThanOrEqual(KILLS * WORKERS * BATCH)
    expect(await store.stats()).toMatchObject({ pending: 0, leased: 0, rejected: 0 })
    expect(emulator.machines.size).toBe(WORKERS)
    for (const id of emulator.machines.ids) expect(emulator.machines.get(id)).toMatchObject({ refusedLogins: 0 })
  } finally {
    await store.close()
    await close()
  }
})
