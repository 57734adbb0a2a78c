import { describe, expect, test } from 'vitest'
import { MAPPINGS, SAMPLES } from '../test/every-sample.js'
import { itemsOf, NOW, sample } from '../test/signals-of.js'
import { FORMAT_NAMES, type FormatName } from './formats/format-names.js'
import { type InputItem, loadInput } from './on-demand.js'

const optionsOf = (format: FormatName) => ({
  ...{ machineId: 'sensor', utc: true, now: () => NOW, allowPrivate: true },
  mapping: MAPPINGS[format],
})

async function loadedItems(format: FormatName, text: string): Promise<InputItem[]> {
  const readInput = await loadInput(format)
  const items: InputItem[] = []
  for await (const item of readInput(text, optionsOf(format))) items.push(item)
  return items
}

test.each(SAMPLES)(
  '%s as %s: a format that is loaded by itself tells what it tells among all',
  async (name, format) => {
    const text = sample(name)
    expect(await loadedItems(format, text)).toEqual(await itemsOf(format, text, optionsOf(format)))
  },
)

test('every format can be loaded', async () => {
  for (const format of FORMAT_NAMES) expect((await loadInput(format))('', optionsOf(format)).counts.lines).toBe(0)
})

describe('what is wrong is told as readInput tells it', () => {
  test('a name that no format has, with the one that was meant', async () => {
    await expect(loadInput('fail2bam')).rejects.toThrow(
      /format: must be one of access-log, .*did you mean fail2ban\? \(got "fail2bam"\)/,
    )
  })

  test('a wrong option, before anything is read', async () => {
    const readInput = await loadInput('sshd')
    expect(() => readInput('', { machineId: '', windowMs: 1 })).toThrow(/machineId.*windowMs/s)
  })
})
