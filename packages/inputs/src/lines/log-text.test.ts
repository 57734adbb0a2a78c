import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { linesOf } from './log-lines.js'
import { logText } from './log-text.js'

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const linesIn = async (bytes: Uint8Array, size = 7) => {
  const lines = []
  for await (const line of linesOf(logText(pieces(bytes, size), 'x.log'))) lines.push(line)
  return lines
}
const TEXT = 'first line of a log\nsecond ü line\nthird'
const LINES = ['first line of a log', 'second ü line', 'third']

describe('a log that can be read', () => {
  test.each([
    ['plain text', Buffer.from(TEXT)],
    ['a byte order mark', Buffer.from(`\uFEFF${TEXT}`)],
    ['byte order marks where logs were put together', Buffer.from(TEXT.replace('second', '\uFEFFsecond'))],
    ['lines that end with CR LF', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
    ['lines that end with CR', Buffer.from(TEXT.replaceAll('\n', '\r'))],
    ['colours', Buffer.from(TEXT.replace('first', '\u001b[01;31m\u001b[Kfirst\u001b[m\u001b[K'))],
    ['gzip', gzipSync(TEXT)],
    ['gzip of a text with a byte order mark', gzipSync(`\uFEFF${TEXT}`)],
    ['gzip in several members', Buffer.concat([gzipSync(TEXT.slice(0, 30)), gzipSync(TEXT.slice(30))])],
    ['zeros that a crash left behind', Buffer.from(`${'x'.repeat(70_000)}\n\0\0\0${TEXT}`)],
  ])('%s', async (name, bytes) => {
    for (const size of [1, 7, 16, 100_000]) {
      const lines = await linesIn(bytes, size)
      expect(name.startsWith('zeros') ? lines.slice(1) : lines).toEqual(LINES)
    }
  })

  test('bytes that are no UTF-8 break nothing', async () => {
    expect(
      await linesIn(Buffer.concat([Buffer.from([0xff]), Buffer.from(' is no text, is it?\nlast\xc3', 'latin1')])),
    ).toEqual(['\uFFFD is no text, is it?', 'last\uFFFD'])
  })

  test('an empty one has no lines', async () => {
    expect(await linesIn(Buffer.alloc(0))).toEqual([])
    expect(await linesIn(gzipSync(''))).toEqual([])
  })

  test('a CR of a client in a text whose lines end with LF ends no line', async () => {
    expect(await linesIn(Buffer.from('one\ntwo\rforged\nthree'))).toEqual(['one', 'two\rforged', 'three'])
    expect(await linesIn(Buffer.from('one\rforged\ntwo'))).toEqual(['one\rforged', 'two'])
  })

  test('memory stays the same however much there is', async () => {
    const member = gzipSync(Buffer.alloc(4_000_000, 'a line that says nothing\n'))
    async function* many() {
      for (let count = 0; count < 25; count += 1) yield member
    }
    let longest = 0
    let length = 0
    for await (const piece of logText(many(), 'x.log')) {
      longest = Math.max(longest, piece.length)
      length += piece.length
    }
    expect(length).toBe(100_000_000)
    expect(longest).toBeLessThanOrEqual(65_536)
  })
})

describe('a log that cannot be read is refused by its name, with what to do', () => {
  const tar = Buffer.alloc(1_024)
  tar.write('auth.log')
  tar.write('ustar', 257)
  const start = (hex: string) => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(100, 1)])
  test.each([
    ['UTF-16 with its mark', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), /UTF-16; .*iconv/],
    ['big-endian UTF-16', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16(), /UTF-16; .*iconv/],
    ['UTF-16 without its mark', Buffer.from(TEXT, 'utf16le'), /UTF-16LE; .*iconv/],
    ['big-endian UTF-16 without its mark', Buffer.from(TEXT, 'utf16le').swap16(), /UTF-16BE; .*iconv/],
    ['gzip of UTF-16', gzipSync(Buffer.from(TEXT, 'utf16le')), /UTF-16LE; .*iconv/],
    ['UTF-32', Buffer.from('fffe00006600000069000000', 'hex'), /UTF-32; .*iconv/],
    ['big-endian UTF-32', Buffer.from('0000feff0000006600000069', 'hex'), /UTF-32; .*iconv/],
    ['tar', tar, /tar -xOf/],
    ['tar in gzip', gzipSync(tar), /tar -xOf/],
    ['xz', start('fd377a585a00'), /xz -dc/],
    ['zstd', start('28b52ffd'), /zstd -dc/],
    ['bzip2', Buffer.from('BZh51AY&SYxxxxxxxx'), /bzip2 -dc/],
    ['lz4', start('04224d18'), /lz4 -dc/],
    ['zip', start('504b0304'), /unzip -p/],
    ['a journal', Buffer.from('LPKSHHRH12345678'), /journalctl -o short-iso --file/],
    ['wtmp', Buffer.concat([Buffer.from([7, 0, 0, 0, 9, 4, 0, 0]), Buffer.from('pts/0'), Buffer.alloc(371)]), /binary/],
    ['zeros', Buffer.alloc(1_000), /binary/],
    ['gzip in gzip', gzipSync(gzipSync(TEXT)), /compressed twice/],
    ['gzip whose end is missing', gzipSync(TEXT).subarray(0, -10), /its end is missing/],
    ['damaged gzip', Buffer.concat([gzipSync(TEXT).subarray(0, -8), Buffer.alloc(8, 0xee)]), /damaged/],
    ['gzip and then text', Buffer.concat([gzipSync(TEXT), Buffer.from(TEXT)]), /damaged/],
  ])('%s', async (_, bytes, why) => {
    for (const size of [1, 7, 100_000]) {
      const error = await linesIn(bytes, size).catch((thrown: Error) => thrown)
      expect(error).toMatchObject({
        name: 'UnreadableLogError',
        message: expect.stringMatching(/^x\.log cannot be read: /),
      })
      expect(error).toMatchObject({ message: expect.stringMatching(why) })
    }
  })
})
