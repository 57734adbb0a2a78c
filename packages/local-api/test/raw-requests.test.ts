import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { arrange, entry, KEY } from './arrange.js'

/** Writes to a server that has one decision, and gives all that it says until it hangs up. */
async function saidTo(request: string | Buffer): Promise<string> {
  const { api, decisions } = arrange()
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  const server = await api.listen({ port: 0 })
  onTestFinished(() => server.close())
  const socket = connect(server.port, '127.0.0.1')
  socket.write(request)
  let said = ''
  for await (const part of socket) said += String(part)
  return said
}

const lines = (...all: readonly string[]) => `${all.join('\r\n')}\r\n\r\n`
const key = `X-Api-Key: ${KEY}`
const CLOSE = 'Connection: close'
const HOST = 'Host: 127.0.0.1:8080'
/** The decision that they ask for, in an answer that ends with it. */
const THE_DECISION = /^HTTP\/1\.1 200 [\s\S]*\r\n\r\n[\s\S]*"value":"192\.0\.2\.1"/

test.each([
  ['over HTTP/1.0, without a host', lines('GET /v1/decisions?ip=192.0.2.1 HTTP/1.0', key)],
  ['with a host that is empty', lines('GET /v1/decisions?ip=192.0.2.1 HTTP/1.1', 'Host:', CLOSE, key)],
  ['with a host of Docker', lines('GET /v1/decisions?ip=192.0.2.1 HTTP/1.1', 'Host: my_lapi:8080', CLOSE, key)],
  ['with a socket as host', lines('GET /v1/decisions?ip=192.0.2.1 HTTP/1.1', 'Host: %2Frun%2Flapi.sock', CLOSE, key)],
  ['live, as Lua asks', lines('GET /v1/decisions?ip=192.0.2.1 HTTP/1.1', HOST, CLOSE, key.toLowerCase())],
  ['live, with an address in full', lines('GET /v1/decisions?ip=::ffff:192.0.2.1 HTTP/1.1', HOST, CLOSE, key)],
  [
    'as a Go bouncer asks, with an address that ends in a question mark',
    lines('GET /v1/decisions/stream? HTTP/1.1', HOST, CLOSE, key, 'Accept-Encoding: gzip'),
  ],
  [
    'with parameters of newer bouncers',
    lines(
      'GET /v1/decisions/stream?additional_pull=false&community_pull=false&startup=true HTTP/1.1',
      HOST,
      CLOSE,
      key,
      'User-Agent: crowdsec-firewall-bouncer/v0.0.34-debian-pragmatic-amd64',
    ),
  ],
  [
    'in Python, with scopes in capital letters',
    lines('GET /v1/decisions/stream?startup=true&scopes=Ip%2CRange HTTP/1.1', HOST, CLOSE, key, 'Accept: */*'),
  ],
  [
    'with what it has from before',
    lines('GET /v1/decisions?ip=192.0.2.1 HTTP/1.1', HOST, CLOSE, key, 'If-None-Match: *', 'Range: bytes=0-3'),
  ],
])('a decision is told to one that asks %s', async (_, request) => {
  expect(await saidTo(request)).toMatch(THE_DECISION)
})

test('to HEAD only the head is answered', async () => {
  expect(await saidTo(lines('HEAD /v1/decisions HTTP/1.1', HOST, CLOSE, key))).toMatch(
    /^HTTP\/1\.1 200 [^{[]*\r\n\r\n$/,
  )
})

const metrics = JSON.stringify({
  log_processors: null,
  remediation_components: [{ version: 'v1.0', utc_startup_timestamp: 1_772_323_000, metrics: {} }],
})
const post = (...headers: readonly string[]) => lines('POST /v1/usage-metrics HTTP/1.1', HOST, CLOSE, key, ...headers)
const zipped = gzipSync(metrics)

test.each([
  [
    'after it was told to go on',
    Buffer.from(post('Expect: 100-continue', `Content-Length: ${metrics.length}`) + metrics),
  ],
  [
    'in chunks',
    Buffer.from(`${post('Transfer-Encoding: chunked')}${metrics.length.toString(16)}\r\n${metrics}\r\n0\r\n\r\n`),
  ],
  [
    'compressed',
    Buffer.concat([Buffer.from(post('Content-Encoding: gzip', `Content-Length: ${zipped.length}`)), zipped]),
  ],
])('a body that comes %s is read', async (_, request) => {
  expect(await saidTo(request)).toMatch(/^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 201 /)
})
