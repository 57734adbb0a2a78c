import { describe, expect, test } from 'vitest'
import { WrittenLog } from '../../test/follow/followed-log.js'
import { MemoryStore } from '../../test/follow/memory-store.js'
import { PollClock } from '../../test/follow/poll-clock.js'
import { rowOf } from '../../test/signals-of.js'
import { type FollowedItems, followInput, type InputOptions } from '../index.js'

const NOW = Date.parse('2026-11-28T00:00:00Z')
const mapping = {
  source: 'ip',
  time: { field: 'at', format: 'epoch_ms' },
  scenario: 'acme/scan',
  bucket: { capacity: 2, leakMs: 60_000 },
}
const INPUT: InputOptions = { machineId: 'sensor', mapping }
const event = (ip: string, ms: number) => `${JSON.stringify({ ip, at: NOW + ms })}\n`

/** A sensor that stores what it is given and then commits, unless it is killed before. */
class Sensor {
  readonly stored: string[] = []
  readonly #log: WrittenLog
  readonly #store = new MemoryStore()
  readonly #input: InputOptions
  #clock = new PollClock(NOW + 10_000)
  #stop = new AbortController()
  #ended: Promise<void> = Promise.resolve()

  constructor(log: WrittenLog, input: InputOptions = INPUT) {
    this.#log = log
    this.#input = input
  }

  async start(format: 'jsonl' | 'csv' | 'crowdsec' = 'jsonl'): Promise<void> {
    this.#stop = new AbortController()
    const options = { store: this.#store, clock: this.#clock, signal: this.#stop.signal, onTrouble: () => {} }
    const slept = this.#clock.looks()
    const now = () => this.#clock.now()
    this.#ended = this.#take(followInput(format, this.#log.path, { now, ...this.#input }, options))
    await slept
  }

  looks = (times?: number) => this.#clock.looks(times)
  advance = (ms: number) => this.#clock.advance(ms)

  async kill(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #take(pieces: AsyncIterable<FollowedItems>): Promise<void> {
    for await (const { items, commit } of pieces) {
      this.stored.push(...items.map(rowOf))
      await commit()
    }
  }
}

const ROW = '203.0.113.7 acme/scan 2026-11-28T00:00:00.000Z 2026-11-28T00:00:02.000Z 3'

describe('an attack', () => {
  test('is told once it is over, also when the log is silent from then on', async () => {
    const log = WrittenLog.ofTest()
    const sensor = new Sensor(log)
    log.append([0, 1_000, 2_000].map((ms) => event('203.0.113.7', ms)).join(''))
    await sensor.start()
    expect(sensor.stored).toEqual([])
    sensor.advance(600_000)
    await sensor.looks()
    expect(sensor.stored).toEqual([ROW])
    await sensor.kill()
  })

  test('that a kill interrupts is told as one, with all its events: the position goes nowhere without it', async () => {
    const log = WrittenLog.ofTest()
    const sensor = new Sensor(log)
    await sensor.start()
    for (const ms of [0, 1_000, 2_000]) {
      log.append(event('203.0.113.7', ms))
      await sensor.looks()
      await sensor.kill()
      await sensor.start()
    }
    sensor.advance(600_000)
    await sensor.looks()
    expect(sensor.stored).toEqual([ROW])
    await sensor.kill()
  })

  test('that goes on through a rotation is one', async () => {
    const log = WrittenLog.ofTest()
    const sensor = new Sensor(log)
    log.append(event('203.0.113.7', 0))
    await sensor.start()
    log.append(event('203.0.113.7', 1_000))
    log.rename()
    log.pack()
    log.append(event('203.0.113.7', 2_000))
    await sensor.looks(5)
    sensor.advance(600_000)
    await sensor.looks()
    expect(sensor.stored).toEqual([ROW])
    await sensor.kill()
  })
})

test('a record that lies open over a kill is read whole', async () => {
  const log = WrittenLog.ofTest()
  const sensor = new Sensor(log, { machineId: 'sensor' })
  const [first = '', ...rest] = JSON.stringify(
    {
      scenario: 'acme/scan',
      start_at: '2026-11-28T00:00:00Z',
      stop_at: '2026-11-28T00:00:00Z',
      source: { scope: 'Ip', value: '203.0.113.7' },
    },
    undefined,
    1,
  ).split('\n')
  log.append(`${first}\n`)
  await sensor.start('crowdsec')
  await sensor.kill()
  log.append(`${rest.join('\n')}\n`)
  await sensor.start('crowdsec')
  expect(sensor.stored).toEqual(['203.0.113.7 acme/scan 2026-11-28T00:00:00.000Z 2026-11-28T00:00:00.000Z 1'])
  await sensor.kill()
})

test('the header of a CSV log is known after a restart', async () => {
  const log = WrittenLog.ofTest()
  const sensor = new Sensor(log, { machineId: 'sensor', mapping: { source: 'ip', time: 'at', scenario: 'acme/scan' } })
  log.append('at,ip\n')
  await sensor.start('csv')
  await sensor.kill()
  log.append('2026-11-28T00:00:00Z,203.0.113.7\n')
  await sensor.start('csv')
  expect(sensor.stored).toEqual(['203.0.113.7 acme/scan 2026-11-28T00:00:00.000Z 2026-11-28T00:00:00.000Z 1'])
  await sensor.kill()
})

test('refused lines have the numbers of the whole log, restarts included', async () => {
  const log = WrittenLog.ofTest()
  const sensor = new Sensor(log)
  log.append('junk\n')
  await sensor.start()
  await sensor.kill()
  log.append('more junk\n')
  await sensor.start()
  const refused = 'it is no JSON object, or only part of one'
  expect(sensor.stored).toEqual([`1: ${refused}`, `2: ${refused}`])
  await sensor.kill()
})

test('what was not committed comes again, with the same uuids, and a commit too late does nothing', async () => {
  const log = WrittenLog.ofTest()
  const store = new MemoryStore()
  const options = { store, onTrouble: () => {}, until: 'end' as const }
  const { bucket: _, ...each } = mapping
  const input = { machineId: 'sensor', mapping: each, now: () => NOW }
  log.append(event('203.0.113.7', 0))
  const runs: FollowedItems[] = []
  for (let run = 0; run < 2; run += 1) {
    for await (const piece of followInput('jsonl', log.path, input, options)) runs.push(piece)
    await runs.at(-1)?.commit()
  }
  expect(runs[0]?.items).toHaveLength(1)
  expect(runs[1]?.items).toEqual(runs[0]?.items)
})

test('a format or an option that is wrong is refused at once', () => {
  const options = { store: new MemoryStore(), onTrouble: () => {} }
  expect(() => followInput('jsonl', '/x', { machineId: 'sensor' }, options)).toThrow(/mapping/)
  expect(() => followInput('jsonl', '/x', INPUT, { ...options, poll: 5 } as never)).toThrow(/did you mean pollMs/)
})
