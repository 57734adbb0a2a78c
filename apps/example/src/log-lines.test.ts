import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { hasInput } from './log-lines.js'

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
