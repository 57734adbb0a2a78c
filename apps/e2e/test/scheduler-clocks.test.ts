import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CapiClient } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { HOUR_MS, MINUTE_MS, machine, SCENARIO, signalsOf } from './arrange.js'
import { arrangeScheduled } from './arrange-scheduled.js'
import { temporaryFolder } from './temporary-folder.js'

const SEND = await bundleProgram(new URL('./programs/send.mjs', import.meta.url))
const MACHINES = 10

/** Twelve hours of a fleet whose hosts' clocks are off by so much; each host leads for a while. */
async function halfADay(skews: readonly number[]) {
  const { time, emulator, connect } = arrangeScheduled()
  for (let turn = 0; turn < 12; turn += 1) {
    const { client } = connect({}, skews[turn % skews.length])
    await client.start({ pullMachineId: machine(0) })
    for (let minute = 0; minute < 60; minute += 5) {
      for (let number = 0; number < MACHINES; number += 1) await client.addSignals(signalsOf(machine(number), 1))
      await time.advance(5 * MINUTE_MS)
    }
    await client.close()
  }
  return {
    logins: emulator.record.of('login').map(({ machineId, at }) => [machineId, at]),
    refused: emulator.record.count({ status: 401 }),
    received: emulator.signals.size,
  }
}

describe('a host’s clock', () => {
  test('that is two hours fast or slow causes no login more, and none less', async () => {
    const right = await halfADay([0])
    expect(right).toMatchObject({ refused: 0 })
    expect(right.logins.length).toBeLessThanOrEqual(MACHINES * 12)
    for (const skews of [[2 * HOUR_MS], [-2 * HOUR_MS], [0, 2 * HOUR_MS, -2 * HOUR_MS]]) {
      expect(await halfADay(skews)).toEqual(right)
    }
  })
})

describe('processes with different scenario sets', () => {
  test('cause no login to each other while they only send', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const hosts = [
      connect({ scenarios: ['acme/a'] }).client,
      connect({ scenarios: ['acme/b', 'acme/c'] }).client,
      connect({ scenarios: ['acme/d'] }).client,
    ]
    for (let round = 0; round < 27; round += 1) {
      const host = hosts[round % 3] as CapiClient
      await host.addSignals(signalsOf(machine(), 1))
      await host.sendSignals()
      await time.advance(2 * MINUTE_MS)
    }
    expect(emulator.signals.size).toBe(27)
    expect(emulator.machines.logins()).toBe(1)
    for (const host of hosts) await host.close()
  })

  test('cause none either as processes of their own on one SQLite file', async () => {
    const path = join(temporaryFolder(), 'cscapi.db')
    const emulator = createEmulator({ strict: true, latencyMs: 2 })
    const { url, close } = await emulator.listen()
    const client = new CapiClient({
      storage: new SqliteStorage({ path }),
      scenarios: [SCENARIO],
      environment: { baseUrl: url },
    })
    try {
      for (let round = 0; round < 2; round += 1) {
        for (let number = 0; number < MACHINES; number += 1) await client.addSignals(signalsOf(machine(number), 60))
        const send = (scenario: string) => promisify(execFile)(process.execPath, [SEND, path, url, scenario])
        await Promise.all([send('acme/a'), send('acme/b')])
      }
      expect(emulator.signals.size).toBe(2 * 60 * MACHINES)
      for (const id of emulator.machines.ids) expect(emulator.machines.logins(id), id).toBe(1)
    } finally {
      await client.close()
      await close()
    }
  })
})
