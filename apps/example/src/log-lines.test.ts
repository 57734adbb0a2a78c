import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { assertText, hasInput, readLines } from './log-lines.js'

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

describe('logs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cscapi-example-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }

  test('are read one after the other, unpacked by what is in them and not by their name', async () => {
    const logs = [file('new.log', 'one\ntwo'), file('old.log', gzipSync('three\nfour\n'))]
    await assertText(logs)
    const lines = []
    for await (const line of readLines(logs, new AbortController().signal)) lines.push(line)
    expect(lines).toEqual(['one', 'two', 'three', 'four'])
  })

  test.each([
    ['wtmp', new Uint8Array(384)],
    ['auth.log.xz', Buffer.from('fd377a585a000000ff12d941', 'hex')],
    ['exported.txt', Buffer.from('\uFEFFFeb 12', 'utf16le')],
  ])('one that is no text is refused by its name before anything is read: %s', async (name, content) => {
    const log = file(name, content)
    await expect(assertText([file('good.log', 'x'), log])).rejects.toThrow(`The log ${log} cannot be read: it is `)
  })
})
