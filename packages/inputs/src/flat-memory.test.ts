import { expect, test } from 'vitest'
import { NOW } from '../test/signals-of.js'
import { readInput } from './read-input.js'

const LINES = process.env.CSCAPI_TEST_LONG === '1' ? 1_000_000 : 50_000

test(`${LINES.toLocaleString('en-US')} lines of as many addresses: memory is that of those who are active at once`, async () => {
  const start = Date.parse('2026-11-01T00:00:00Z')
  let mostUsed = 0
  async function* lines() {
    for (let line = 0; line < LINES; line += 1) {
      const address = `198.51.${(line >> 8) & 255}.${line & 255}`
      yield `${new Date(start + line * 1_000).toISOString()} ACCEPT host=${address} port=1 fd=4 n=1/4096`
      if (line % 10_000 === 0) mostUsed = Math.max(mostUsed, process.memoryUsage().heapUsed)
    }
  }
  const reading = readInput('endlessh', lines(), { machineId: 'm', now: () => NOW })
  for await (const _ of reading);
  expect(reading.counts).toMatchObject({ lines: LINES, events: LINES, unused: 0, refused: 0, cutShort: 0 })
  expect(mostUsed).toBeLessThan(500_000_000)
})
