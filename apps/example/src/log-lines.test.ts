import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { hasInput, linesOf } from './log-lines.js'

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

describe('an unnamed standard input', () => {
  test('is read when something comes in, and nothing of it is lost', async () => {
    const input = new PassThrough()
    const answer = hasInput(input, 60_000)
    input.write('first')
    expect(await answer).toBe(true)
    input.end(' and last')
    expect((await input.toArray()).join('')).toBe('first and last')
  })

  test('is passed over when it ends empty, fails, or stays silent', async () => {
    expect(await hasInput(Readable.from([]), 60_000)).toBe(false)
    const broken = new PassThrough()
    const answer = hasInput(broken, 60_000)
    broken.destroy(new Error('broken'))
    expect(await answer).toBe(false)
    expect(await hasInput(new PassThrough(), 1)).toBe(false)
  })
})
