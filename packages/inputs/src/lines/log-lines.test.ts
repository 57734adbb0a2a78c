import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { linesOf } from './log-lines.js'

const lines = async (chunks: readonly string[]) => {
  const result = []
  for await (const line of linesOf(Readable.from(chunks))) result.push(line)
  return result
}

describe('lines', () => {
  test('are the same however the text is cut', async () => {
    const text = 'one\r\n\ntwo\nthree'
    for (let first = 0; first <= text.length; first += 1) {
      for (let second = first; second <= text.length; second += 1) {
        const chunks = [text.slice(0, first), text.slice(first, second), text.slice(second)]
        expect(await lines(chunks)).toEqual(['one', '', 'two', 'three'])
      }
    }
  })

  test('that are longer than any log line are cut, not kept', async () => {
    const [long, next] = await lines([...Array.from({ length: 100 }, () => 'x'.repeat(10_000)), '\nnext\n'])
    expect(long?.length).toBe(65_536)
    expect(next).toBe('next')
  })
})
