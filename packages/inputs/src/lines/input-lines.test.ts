import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type InputLines, inputLines } from './input-lines.js'

const TEXT = 'one\ntwö\nthree'
const LINES = ['one', 'twö', 'three']

async function linesIn(input: InputLines, longest = 65_536): Promise<string[]> {
  const lines = []
  for await (const line of inputLines(input, longest)) lines.push(line)
  return lines
}
const cut = (bytes: Uint8Array) => Array.from(bytes, (byte) => Buffer.from([byte]))
async function* later<T>(pieces: Iterable<T>) {
  yield* pieces
}

describe('an input', () => {
  test.each<[string, () => InputLines]>([
    ['a text', () => TEXT],
    ['lines', () => LINES],
    ['lines with their ends', () => LINES.map((line) => `${line}\r\n`)],
    ['lines that come later', () => later(LINES)],
    ['a stream of lines', () => Readable.from(LINES)],
    ['a stream of text, cut anywhere', () => Readable.from([...TEXT], { objectMode: false }).setEncoding('utf8')],
    ['a stream of bytes, cut anywhere', () => Readable.from(cut(Buffer.from(TEXT)), { objectMode: false })],
    ['bytes that come later', () => later(cut(Buffer.from(TEXT)))],
    ['a web stream of bytes', () => new Blob([TEXT]).stream()],
    ['a web stream of text', () => new Blob([TEXT]).stream().pipeThrough(new TextDecoderStream())],
    ['gzip', () => later(cut(gzipSync(TEXT)))],
  ])('may be %s', async (_, input) => {
    expect(await linesIn(input())).toEqual(LINES)
  })

  test('may be nothing', async () => {
    for (const input of ['', [], later([]), Readable.from([])]) expect(await linesIn(input)).toEqual([])
  })

  test('gives a line as soon as it is there', async () => {
    async function* live() {
      yield 'one'
      throw new Error('the next line was asked for first')
    }
    const { value } = await inputLines(live(), 65_536).next()
    expect(value).toBe('one')
  })

  test('may have zeros in it, which are passed on in their lines', async () => {
    expect(await linesIn(later([Buffer.from('one\na\0b\nthree')]))).toEqual(['one', 'a\0b', 'three'])
  })

  test.each([
    ['UTF-16', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), /UTF-16.*iconv/],
    ['xz', Buffer.from('fd377a585a000000', 'hex'), /xz -dc/],
    ['gzip whose end is missing', gzipSync(TEXT).subarray(0, -10), /its end is missing/],
  ])('that is %s is refused with what to do', async (_, bytes, rule) => {
    await expect(linesIn(later([bytes]))).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'lines', rule: expect.stringMatching(rule) }],
    })
  })

  test('that is text and bytes is refused', async () => {
    await expect(linesIn(later<string | Uint8Array>(['one', Buffer.from('two')]))).rejects.toThrow('text throughout')
    await expect(linesIn(later<string | Uint8Array>([Buffer.from('one'), 'two']))).rejects.toThrow('bytes throughout')
  })
})
