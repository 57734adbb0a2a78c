import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { scenarioRule, signalSchema } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { MAPPINGS, SAMPLES } from '../test/every-sample.js'
import { itemsOf, NOW, sample } from '../test/signals-of.js'
import { FORMAT_NAMES, type FormatName } from './formats/format-names.js'
import { formats } from './formats/formats.js'
import { InputReader } from './input-reader.js'
import type { InputItem } from './line-reader.js'

const optionsOf = (format: FormatName) => ({
  ...{ machineId: 'sensor', utc: true, now: () => NOW, allowPrivate: true },
  mapping: MAPPINGS[format],
})
/** What they read has uuids already, and they stay. */
const WITH_UUIDS = new Set<FormatName>(['crowdsec', 'signal'])
const HUB = new Set(sample('hub-signal-scenarios.txt').split('\n'))

const refusals = (items: readonly InputItem[]) => items.flatMap((item) => ('refused' in item ? [item] : []))
const signals = (items: readonly InputItem[]) => items.flatMap((item) => ('signal' in item ? [item.signal] : []))

describe.each(FORMAT_NAMES)('%s', (format) => {
  test('a line of a megabyte and binary junk are refused by number, and the lines around them are read', async () => {
    const junk = Buffer.concat([
      Buffer.from(`${'x'.repeat(1_000_000)}\n{"${'x'.repeat(1_000_000)}\nno line of any format\n`),
      Buffer.from([0, 1, 2, 0xff, 0xfe, 0]),
      randomBytes(300).map((byte) => (byte === 0x0a ? 0 : byte)),
      Buffer.from('\n'),
    ])
    const refused = refusals(await itemsOf(format, Readable.from([junk], { objectMode: false }), optionsOf(format)))
    const lines = new Set(refused.map(({ line }) => line))
    expect([...lines]).toEqual(expect.arrayContaining([1, 2, 4]))
    expect(refused.find(({ line }) => line === 1)?.refused).toMatch(
      /^it has (?:65,536|524,288|1,000,000) characters or more$/,
    )
  })

  test('every scenario is one of the hub, or has our own vendor', () => {
    for (const { scenario, slow } of Object.values(formats[format as FormatName].attacks as Rules)) {
      for (const name of slow === undefined ? [scenario] : [scenario, slow.scenario]) {
        expect(scenarioRule(name)).toBeUndefined()
        expect(HUB.has(name) || name.startsWith('cscapi/'), name).toBe(true)
      }
    }
  })
})

type Rules = Record<string, { scenario: string; slow?: { scenario: string } }>

describe.each(SAMPLES)('%s as %s', (name, format) => {
  const OPTIONS = optionsOf(format)
  const text = sample(name)
  const lines = text.replace(/\n$/, '').split(/\r?\n/)

  test('read again, it gives the same signals with the same uuids, and no uuid twice', async () => {
    const first = signals(await itemsOf(format, text, OPTIONS))
    expect(signals(await itemsOf(format, text, OPTIONS))).toEqual(first)
    expect(new Set(first.map(({ uuid }) => uuid)).size).toBe(first.length)
    for (const signal of first) expect(signalSchema.safeParse(signal).success).toBe(true)
  })

  test('a reader that saves and is made anew after each line tells the same', async () => {
    const whole = await itemsOf(format, text, OPTIONS)
    const told: InputItem[] = []
    let saved: unknown
    for (const line of lines) {
      const reader = new InputReader(format, OPTIONS, saved)
      told.push(...reader.read(line))
      saved = JSON.parse(JSON.stringify(reader.save()))
    }
    told.push(...new InputReader(format, OPTIONS, saved).end())
    expect(told).toEqual(whole)
  })
})

describe.each(SAMPLES.filter(([, format]) => !WITH_UUIDS.has(format)))('%s as %s', (name, format) => {
  test('another machine’s signals have other uuids', async () => {
    const first = signals(await itemsOf(format, sample(name), optionsOf(format))).map(({ uuid }) => uuid)
    const other = signals(await itemsOf(format, sample(name), { ...optionsOf(format), machineId: 'other' })).map(
      ({ uuid }) => uuid,
    )
    expect(first.filter((uuid) => other.includes(uuid))).toEqual([])
  })
})
