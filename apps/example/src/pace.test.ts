import { expect, test } from 'vitest'
import { paced } from './pace.js'

async function* three() {
  yield* ['a', 'b', 'c']
}

test('every line comes after a pause, in order', async () => {
  const seen: (string | number)[] = []
  const sleep = async (ms: number) => seen.push(ms)
  for await (const line of paced(three(), 100, sleep)) seen.push(line)
  expect(seen).toEqual([100, 'a', 100, 'b', 100, 'c'])
})

test('a wait that is broken off ends the lines', async () => {
  const seen: string[] = []
  const sleep = async () => {
    if (seen.length === 2) throw new Error('stopped')
  }
  for await (const line of paced(three(), 100, sleep)) seen.push(line)
  expect(seen).toEqual(['a', 'b'])
})
