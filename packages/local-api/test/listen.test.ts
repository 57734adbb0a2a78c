import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { InputError } from '@cscapi/signals'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { expect, onTestFinished, test } from 'vitest'
import type { ListenOptions, LocalApiOptions } from '../src/index.js'
import { arrange, entry, KEY } from './arrange.js'

async function listening(options: ListenOptions = { port: 0 }, given: Partial<LocalApiOptions> = {}) {
  const arranged = arrange(given)
  await arranged.decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  const server = await arranged.api.listen(options)
  onTestFinished(() => server.close())
  return { ...arranged, server }
}

/** What a request is answered with: status and body. */
async function answerOf(options: RequestOptions, request: typeof httpRequest = httpRequest): Promise<[number, string]> {
  const sent = request({ path: '/v1/decisions?ip=192.0.2.1', headers: { 'x-api-key': KEY }, ...options })
  sent.end()
  const [answer] = await once(sent, 'response')
  let text = ''
  for await (const part of answer) text += String(part)
  return [answer.statusCode, text]
}

test('it listens on loopback alone, unless somebody says otherwise', async () => {
  const { server } = await listening()
  expect(server.url).toBe(`http://127.0.0.1:${server.port}/`)
  expect(await answerOf({ host: '127.0.0.1', port: server.port })).toEqual([200, expect.stringMatching(/192\.0\.2\.1/)])
})

test('it listens on a Unix socket, also where one is left of a process that died', async () => {
  const socket = join(temporaryFolder(), 'lapi.sock')
  const dies = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`
  expect(spawnSync(process.execPath, ['-e', dies]).signal).toBe('SIGKILL')
  expect(existsSync(socket)).toBe(true)
  const { server } = await listening({ socket })
  expect(server.url).toBe(`unix:${socket}`)
  expect((await answerOf({ socketPath: socket }))[0]).toBe(200)
})

test('what is no HTTP is answered with a message', async () => {
  const { server } = await listening()
  const socket = connect(server.port, '127.0.0.1')
  socket.write('this is no HTTP\r\n\r\n')
  let said = ''
  for await (const part of socket) said += String(part)
  expect(said).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\n\r\n\{"message":"[^"]+"\}$/)
})

test('a body that is too large is refused, compressed or not', async () => {
  const { ask } = arrange()
  const body = JSON.stringify({ filler: ' '.repeat(51 * 1_048_576) })
  const answer = await ask('/v1/usage-metrics', { method: 'POST', body })
  expect([answer.status, await answer.json()]).toEqual([400, { message: 'http: request body too large' }])
})

test('a cursor does not move for a client that went away in the middle of a large answer', async () => {
  const { decisions, server } = await listening()
  const many = Array.from({ length: 60_000 }, (_, at) => entry(`11.${at >> 16}.${(at >> 8) & 255}.${at & 255}`))
  await decisions.applyStream({ new: many, deleted: [] })
  const options = { host: '127.0.0.1', port: server.port, headers: { 'x-api-key': KEY } }
  const sent = httpRequest({ ...options, path: '/v1/decisions/stream?startup=true' })
  sent.end()
  const [answer] = await once(sent, 'response')
  await once(answer, 'data')
  sent.destroy()
  const [, text] = await answerOf({ ...options, path: '/v1/decisions/stream?startup=false' })
  expect(JSON.parse(text).new).toHaveLength(many.length + 1)
  const [, next] = await answerOf({ ...options, path: '/v1/decisions/stream?startup=false' })
  expect(JSON.parse(next)).toEqual({ new: [], deleted: [] })
})

test.each([
  ['an address of a proxy that is named is believed', ['127.0.0.1'], 2],
  ['one that nobody named is not', [], 1],
])('%s about the client', async (_, trustedProxies, cursors) => {
  const { server } = await listening({ port: 0 }, { trustedProxies })
  const everything = async (client: string) => {
    const headers = { 'x-api-key': KEY, 'x-forwarded-for': client }
    const [, text] = await answerOf({ host: '127.0.0.1', port: server.port, path: '/v1/decisions/stream', headers })
    return JSON.parse(text).new.length
  }
  const told = (await everything('192.0.2.10')) + (await everything('192.0.2.11'))
  expect(told).toBe(cursors)
})

test('bouncers come in with a certificate of the right unit, signed by our authority, and no other', async ({
  skip,
}) => {
  const folder = temporaryFolder()
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  try {
    openssl('version')
  } catch {
    return skip('there is no openssl to make certificates with')
  }
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const authority = (name: string) =>
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-days',
      '30',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    )
  const signed = (name: string, by: string, subject: string) => {
    openssl('req', ...newKey, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    writeFileSync(join(folder, 'san.cnf'), 'subjectAltName=IP:127.0.0.1\n')
    const ca = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial']
    openssl('x509', '-req', '-in', `${name}.csr`, ...ca, '-days', '30', '-extfile', 'san.cnf', '-out', `${name}.pem`)
    return { key: read(`${name}.key`), cert: read(`${name}.pem`) }
  }
  authority('ours')
  authority('theirs')
  const tls = { ...signed('server', 'ours', '/CN=127.0.0.1'), ca: read('ours.pem') }
  const { server } = await listening({ port: 0, tls })
  const come = (identity: object, headers = {}) => {
    const options = { host: '127.0.0.1', port: server.port, ca: read('ours.pem'), agent: false as const, headers }
    return answerOf({ ...options, ...identity }, httpsRequest as typeof httpRequest)
  }
  expect((await come(signed('bouncer', 'ours', '/OU=bouncer-ou/CN=fw')))[0]).toBe(200)
  expect((await come(signed('other', 'ours', '/OU=other-ou/CN=fw')))[0]).toBe(403)
  expect((await come(signed('stranger', 'theirs', '/OU=bouncer-ou/CN=fw')))[0]).toBe(403)
  expect((await come({}))[0]).toBe(403)
  expect((await come({}, { 'x-api-key': KEY }))[0]).toBe(200)
})

test('a key of another certificate, and what is no key or certificate, are refused by name and not shown', async ({
  skip,
}) => {
  const folder = temporaryFolder()
  const pem = (name: string) => readFileSync(join(folder, name), 'utf8')
  for (const name of ['one', 'other']) {
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      '/CN=x',
    ]
    const { error } = spawnSync('openssl', [...args, '-keyout', `${name}.key`, '-out', `${name}.pem`], { cwd: folder })
    if (error !== undefined) return skip('there is no openssl to make certificates with')
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const rsa = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const [cert, key] = [pem('one.pem'), pem('one.key')]
  const { api } = arrange()
  for (const [tls, paths] of [
    [{ cert, key: pem('other.key') }, ['tls.key']],
    [{ cert, key: rsa }, ['tls.key']],
    [{ cert, key: 'no key, yet a secret' }, ['tls.key']],
    [{ cert: 'no certificate', key }, ['tls.cert']],
    [{ cert, key, ca: 'no authority' }, ['tls.ca']],
    [{ cert: 'none', key: 'none', ca: 'none' }, ['tls.cert', 'tls.key', 'tls.ca']],
  ] as const) {
    const refused = await api.listen({ port: 0, tls }).then(
      () => undefined,
      (error: InputError) => error,
    )
    expect(refused?.issues.map(({ path }) => path)).toEqual(paths)
    expect(inspect(refused)).not.toMatch(/PRIVATE KEY|yet a secret/)
  }
  const listening = await api.listen({ port: 0, tls: { cert, key } })
  onTestFinished(() => listening.close())
  expect(listening.url).toMatch(/^https:/)
})
