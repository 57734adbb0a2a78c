import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostileText } from '../test/hostile-text.js'
import { rowOf } from '../test/signals-of.js'
import { PEER, WRITERS, type Writer } from '../test/writers.js'
import { FORMAT_NAMES } from './formats/format-names.js'
import { formats } from './formats/formats.js'
import { InputReader } from './input-reader.js'
import type { InputItem } from './line-reader.js'

const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 6_000 : 300
const NOW = Date.parse('2026-12-01T00:00:00Z')

/** Read in one go: what follows a line end in a log is another line. */
function read({ format, mapping, write }: Writer, text: string): InputItem[] {
  const reader = new InputReader(format, { machineId: 'm', utc: true, now: () => NOW, allowPrivate: true, mapping })
  const lines = write(text).replace(/\n$/, '').split('\n')
  return [...lines.flatMap((line) => reader.read(line)), ...reader.end()]
}
const signals = (items: readonly InputItem[]) => items.flatMap((item) => ('signal' in item ? [item] : []))

describe('what a client writes', () => {
  test.each(WRITERS)('changes no address, and adds no signal: $name', (writer) => {
    const plain = signals(read(writer, 'x')).map(rowOf)
    if (writer.textMatters !== true) expect(plain).not.toEqual([])
    fc.assert(
      fc.property(hostileText(), (text) => {
        const found = signals(read(writer, text))
        for (const { signal } of found) expect(signal.source.value).toBe(PEER)
        if (writer.textMatters !== true) expect(found.map(rowOf)).toEqual(plain)
      }),
      { numRuns: RUNS },
    )
  })

  test('is tried on every format that has such text', () => {
    const tried = new Set(WRITERS.map(({ format }) => format))
    expect(FORMAT_NAMES.filter((name) => !tried.has(name) && Object.keys(formats[name].attacks).length > 0)).toEqual([
      'endlessh',
    ])
  })
})
