import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { type DownloadOptions, downloadList } from './download.js'
import type { LinkTransport } from './follow-link.js'
import { linkFetch } from './link-fetch.js'
import { isPublicAddress, publicLookup } from './private-addresses.js'
import { splitLines } from './split-lines.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`
}

/** As beside a CAPI on this machine, and as beside a real one. */
const local: LinkTransport = {
  userAgent: 'cscapi-test',
  allowLocal: true,
  fetch: linkFetch('http://127.0.0.1/v3', {}),
}
const real: LinkTransport = { userAgent: 'x', allowLocal: false, fetch: linkFetch('https://capi.example/v3', {}, {}) }

/** All lines, as a pull reads them. */
async function linesOf(url: string, options: DownloadOptions = {}): Promise<string[] | undefined> {
  const { lines } = await downloadList(local, url, options)
  if (lines === undefined) return undefined
  const read: string[] = []
  for await (const line of lines) read.push(line)
  return read
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a list', () => {
  test('comes line by line, whatever ends them, without a token', async () => {
    const seen: unknown[] = []
    const url = await serve((request, response) => {
      seen.push(request.headers)
      response.end('203.0.113.7\r\n# comment\n\n2001:db8::1')
    })
    expect(await linesOf(url)).toEqual(['203.0.113.7', '# comment', '', '2001:db8::1'])
    expect(seen).toMatchObject([{ 'user-agent': 'cscapi-test' }])
    expect(seen[0]).not.toHaveProperty('authorization')
  })

  test('may be compressed', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('203.0.113.7\n203.0.113.8\n')),
    )
    expect(await linesOf(url)).toEqual(['203.0.113.7', '203.0.113.8'])
  })

  test('that did not change since is not sent again', async () => {
    const url = await serve((request, response) => {
      const isKnown = request.headers['if-none-match'] === '"one"' && request.headers['if-modified-since'] !== undefined
      response.writeHead(isKnown ? 304 : 200, { etag: '"one"', 'last-modified': 'Sun, 01 Jan 2023 01:01:01 GMT' })
      response.end(isKnown ? undefined : '203.0.113.7')
    })
    const { etag, lastModified } = await downloadList(local, url)
    expect({ etag, lastModified }).toEqual({ etag: '"one"', lastModified: 'Sun, 01 Jan 2023 01:01:01 GMT' })
    expect(await linesOf(url, { etag, lastModified })).toBeUndefined()
  })

  test.each([403, 404, 500, 206])('answered %i is a failed download, and retryable', async (status) => {
    const url = await serve((_, response) => response.writeHead(status).end('203.0.113.7'))
    expect(await failureOf(linesOf(url))).toMatchObject({ code: 'download_failed', retryable: true })
  })

  test('that breaks off, or stands still, fails while it is read', async () => {
    const cut = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write('203.0.113.7\n')
      setImmediate(() => response.destroy())
    })
    expect(await failureOf(linesOf(cut))).toMatchObject({ code: 'download_failed' })
    const still = await serve((_, response) => void response.writeHead(200).write('203.0.113.7\n'))
    expect(await failureOf(linesOf(still, { idleTimeoutMs: 50 }))).toMatchObject({
      code: 'download_failed',
      message: expect.stringContaining('stood still'),
    })
  })

  test('that comes a little at a time, for ever, fails once its time is over', async () => {
    const drips = await serve((_, response) => {
      const timer = setInterval(() => response.write('203.0.113.7\n'), 5)
      response.on('close', () => clearInterval(timer))
    })
    expect(await failureOf(linesOf(drips, { timeoutMs: 60, idleTimeoutMs: 60_000 }))).toMatchObject({
      code: 'download_failed',
      message: expect.stringContaining('took longer than 60 ms'),
    })
  })

  test('that nobody asked about is not one that did not change', async () => {
    const url = await serve((_, response) => void response.writeHead(304).end())
    expect(await failureOf(linesOf(url))).toMatchObject({
      code: 'download_failed',
      message: expect.stringContaining('was answered 304'),
    })
  })

  test.each(['gzip', 'br', 'deflate'])(
    'that is compressed (%s) and cut off anywhere is a failed download, never a shorter list',
    async (encoding) => {
      const compress = new Map([
        ['gzip', gzipSync],
        ['br', brotliCompressSync],
        ['deflate', deflateSync],
      ]).get(encoding)!
      const whole = compress(
        Array.from({ length: 2_000 }, (_, index) => `203.0.${index >> 8}.${index & 255}\n`).join(''),
      )
      let cut = whole.length
      const url = await serve((_, response) =>
        response.writeHead(200, { 'content-encoding': encoding, 'content-length': cut }).end(whole.subarray(0, cut)),
      )
      expect(await linesOf(url)).toHaveLength(2_000)
      for (cut of [1, 5, 12, whole.length >> 1, whole.length - 9, whole.length - 1]) {
        const failure = await failureOf(linesOf(url))
        expect(failure, `${cut} of ${whole.length} bytes`).toMatchObject({
          code: 'download_failed',
          retryable: true,
          message: expect.stringContaining('is cut off'),
        })
      }
    },
  )

  test('that is not compressed as it says, or in a way that nobody knows, is a failed download', async () => {
    let encoding = 'gzip'
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end('203.0.113.7'),
    )
    expect(await failureOf(linesOf(url))).toMatchObject({
      message: expect.stringContaining('not compressed as it says'),
    })
    encoding = 'rot13'
    expect(await failureOf(linesOf(url))).toMatchObject({
      message: expect.stringContaining('encoding that is not known'),
    })
  })

  test.each([
    ['text/html; charset=utf-8', '\n<!doctype html>\n<title>Sign in</title>', ', which begins with "<!doctype html>"'],
    ['TEXT/HTML', '203.0.113.7\n203.0.113.8', ', which begins with "203.0.113.7"'],
    ['application/xhtml+xml', '', ')'],
  ])('that comes as %s is a page, whatever is in it', async (type, body, shown) => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-type': type }).end(body))
    expect(await failureOf(downloadList(local, url))).toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/was answered with a page \(/),
    })
    expect(String(await failureOf(downloadList(local, url)))).toContain(shown)
  })

  test('ends with its caller’s signal', async () => {
    const url = await serve((_, response) => void response.writeHead(200).write('203.0.113.7\n'))
    const stop = new AbortController()
    const reading = linesOf(url, { signal: stop.signal })
    setImmediate(() => stop.abort())
    expect(await failureOf(reading)).toMatchObject({ code: 'aborted' })
  })
})

describe('limits', () => {
  test('a list of 200 MB is refused at the limit, in flat memory', async () => {
    const chunk = Buffer.from('203.0.113.7\n'.repeat(8_192))
    const url = await serve((_, response) => {
      let left = 200_000_000
      const write = () => {
        while (left > 0 && !response.destroyed) {
          left -= chunk.length
          if (!response.write(chunk)) return void response.once('drain', write)
        }
        response.end()
      }
      write()
    })
    const before = process.memoryUsage().rss
    let read = 0
    let peak = 0
    const { lines } = await downloadList(local, url, { maxBytes: 32_000_000 })
    const failure = await failureOf(
      (async () => {
        for await (const _ of lines ?? []) {
          read += 1
          if (read % 100_000 === 0) peak = Math.max(peak, process.memoryUsage().rss - before)
        }
      })(),
    )
    expect(failure).toMatchObject({ code: 'download_too_large', message: expect.stringContaining('32000000 bytes') })
    expect(read).toBeLessThan(32_000_000 / 12)
    expect(peak).toBeLessThan(200_000_000)
  })

  test('a gzip bomb is counted after decompression', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      const bomb = createGzip()
      bomb.pipe(response)
      const zeros = Buffer.alloc(1_048_576, '0\n')
      const write = (left: number) => {
        if (left === 0 || response.destroyed) return void bomb.end()
        bomb.write(zeros, () => write(left - 1))
      }
      write(200)
    })
    expect(await failureOf(linesOf(url, { maxBytes: 10_000_000 }))).toMatchObject({ code: 'download_too_large' })
  })

  test('lines are counted, blank ones too', async () => {
    const url = await serve((_, response) => void response.end('203.0.113.7\n\n\r\n\r'))
    expect(await linesOf(url, { maxLines: 4 })).toHaveLength(4)
    expect(await failureOf(linesOf(url, { maxLines: 3 }))).toMatchObject({
      code: 'download_too_large',
      message: expect.stringContaining('has more than 3 lines'),
    })
  })

  test('a line without an end is refused', async () => {
    const url = await serve((_, response) => void response.end('x'.repeat(100_000)))
    expect(await failureOf(linesOf(url))).toMatchObject({
      code: 'download_too_large',
      message: expect.stringContaining('a line of more than 16384 bytes'),
    })
  })

  test('chunks may be cut anywhere, in the middle of a letter too', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ü', '雨', '😀', '\n', '\r\n', '\r'), maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(100), { maxLength: 8 }), async (whole, cuts) => {
        const bytes = Buffer.from(whole)
        const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
        async function* chunks() {
          let from = 0
          for (const end of [...ends, bytes.length]) {
            yield bytes.subarray(from, end)
            from = end
          }
        }
        const read: string[] = []
        for await (const line of splitLines(chunks(), 1_000, () => new Error('too long'))) read.push(line)
        const expected = whole.split(/\r\n|\n|\r/)
        if (expected.at(-1) === '') expected.pop()
        expect(read).toEqual(expected)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a link', () => {
  const never: LinkTransport = { ...real, fetch: async () => new Response('203.0.113.7') }

  test.each([
    ['/v3/blocklist', 'is no absolute URL'],
    ['http://lists.example.com/a', 'is not https'],
    ['ftp://lists.example.com/a', 'is not https'],
    ['file:///etc/passwd', 'is not https'],
    ['https://user:pass@lists.example.com/a', 'holds credentials'],
    ['https://127.0.0.1/a', 'leads into a private network'],
    ['https://[::1]/a', 'leads into a private network'],
    ['https://[::ffff:10.0.0.1]/a', 'leads into a private network'],
    ['https://169.254.169.254/latest/meta-data', 'leads into a private network'],
    ['https://2130706433/a', 'leads into a private network'],
    ['https://0x7f.1/a', 'leads into a private network'],
  ])('that must not be followed is refused before any request: %s', async (link, why) => {
    const failure = await failureOf(downloadList(never, link))
    expect(failure).toMatchObject({ code: 'download_refused', message: expect.stringContaining(why) })
    expect(String(failure)).not.toContain('user:pass')
  })

  test.each(['http://lists.example.com/b', 'https://10.0.0.1/b', 'javascript:alert(1)'])(
    'that redirects to %s is refused there',
    async (location) => {
      const fetch = async () => new Response(null, { status: 302, headers: { location } })
      expect(await failureOf(downloadList({ ...real, fetch }, 'https://lists.example.com/a'))).toMatchObject({
        code: 'download_refused',
      })
    },
  )

  test('may redirect a few times, and not for ever', async () => {
    const asked: string[] = []
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(String(input))
      return new Response(null, { status: 307, headers: { location: `/${asked.length}` } })
    }
    expect(await failureOf(downloadList({ ...real, fetch }, 'https://lists.example.com/a'))).toMatchObject({
      message: expect.stringContaining('redirects more than 5 times'),
    })
    expect(asked).toHaveLength(6)
  })

  test('whose name leads into a private network is refused when it connects, not before', async () => {
    const resolved = await new Promise((resolve) => {
      publicLookup('localhost', { all: true }, (error) => resolve(error))
    })
    expect(resolved).toMatchObject({ code: 'ERR_PRIVATE_ADDRESS' })
    expect(await failureOf(downloadList(real, 'https://localhost/a'))).toMatchObject({
      code: 'download_refused',
      message: expect.stringContaining('private network'),
    })
  })

  test.each([
    ['8.8.8.8', true],
    ['2606:4700::1111', true],
    ['10.0.0.1', false],
    ['172.31.255.255', false],
    ['100.64.0.1', false],
    ['::ffff:192.168.0.1', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['not an address', false],
  ])('%s is public: %s', (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected)
  })
})
