import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { freePort } from '@cscapi/test-servers'
import { selfSigned } from '@cscapi/test-servers/certificates'
import { expect, test } from 'vitest'
import { arrange } from './world.js'

test('a bouncer is made, served, listed without its key, and refused once it is removed', async () => {
  const world = await arrange()
  const { code, stdout } = await world.run(['bouncers', 'add', 'firewall'])
  const key = stdout.trim()
  expect([code, key]).toEqual([0, expect.stringMatching(/^\S{43}$/)])
  const port = await freePort()
  const serving = world.start(['local-api', '--port', String(port)])
  await serving.says(`http://127.0.0.1:${port}/`)
  const ask = async () => {
    const headers = { 'x-api-key': key }
    return (await fetch(`http://127.0.0.1:${port}/v1/decisions`, { headers })).status
  }
  expect(await ask()).toBe(200)
  const listed = await world.run(['bouncers', 'ls'])
  expect(listed.stdout).toMatch(/firewall/)
  expect(listed.stdout).not.toContain(key)
  expect((await world.run(['bouncers', 'rm', 'firewall'])).code).toBe(0)
  await expect.poll(ask).toBe(403)
  serving.child.kill('SIGTERM')
  await serving.ended
})

test('an agent is made, listed without its password, approved and removed by name', async () => {
  const world = await arrange()
  const password = (await world.run(['agents', 'add', 'web-1'])).stdout.trim()
  const listed = await world.run(['agents', 'ls', '--json'])
  expect(JSON.parse(listed.stdout)).toMatchObject({ name: 'web-1', isApproved: true })
  expect(listed.stdout).not.toContain(password)
  expect((await world.run(['agents', 'approve', 'nobody'])).code).not.toBe(0)
  expect((await world.run(['agents', 'rm', 'web-1'])).code).toBe(0)
})

test('it serves TLS from files, and names the file that is missing, unreadable or of another key', async () => {
  const world = await arrange()
  const [cert, key] = [world.path('server.pem'), world.path('server.key')]
  writeFileSync(cert, selfSigned.cert)
  writeFileSync(key, selfSigned.key)
  const serving = world.start(['local-api', '--port', '0', '--tls-cert-file', cert, '--tls-key-file', key])
  await serving.says(/https:\/\/127\.0\.0\.1:\d+\//)
  const url = /https:\S+/.exec(serving.output.stdout)?.[0] ?? ''
  const status = new Promise((resolve, reject) => {
    get(`${url}health`, { ca: selfSigned.cert, checkServerIdentity: () => undefined }, ({ statusCode }) =>
      resolve(statusCode),
    ).on('error', reject)
  })
  expect(await status).toBe(200)
  serving.child.kill('SIGTERM')
  await serving.ended

  const wrong = async (...flags: string[]) => {
    const { code, stderr } = await world.run(['local-api', '--port', '0', ...flags])
    return [code, stderr]
  }
  expect(await wrong('--tls-cert-file', cert)).toEqual([2, expect.stringMatching(/--tls-key-file.*must be given/)])
  const nowhere = world.path('nowhere.pem')
  expect(await wrong('--tls-cert-file', nowhere, '--tls-key-file', key)).toEqual([
    2,
    expect.stringMatching(/--tls-cert-file.*ENOENT/),
  ])
  writeFileSync(
    world.path('other.key'),
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  )
  expect(await wrong('--tls-cert-file', cert, '--tls-key-file', world.path('other.key'))).toEqual([
    2,
    expect.stringMatching(/--tls-key-file.*must be the key of the certificate/),
  ])
})

test('an agent that knows the token registers by itself from where it may, and is let in; no argument holds the token', async () => {
  const world = await arrange()
  const token = 'a-token-of-more-than-32-characters'
  const without = await world.run(['local-api', '--port', '0', '--register-from', '127.0.0.1'])
  expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('CSCAPI_REGISTRATION_TOKEN') })
  const env = { CSCAPI_REGISTRATION_TOKEN: token }
  const short = await world.run(['local-api', '--port', '0', '--register-from', '127.0.0.1'], {
    env: { CSCAPI_REGISTRATION_TOKEN: 'too-short' },
  })
  const shown = await world.run(['local-api', '--register-from', '127.0.0.1', '--registration-token', token])
  expect(shown).toMatchObject({ code: 2, stderr: expect.stringContaining('set CSCAPI_REGISTRATION_TOKEN') })
  expect(shown.stderr).not.toContain(token)
  expect(short.code).toBe(2)
  expect(short.stderr).not.toContain('too-short')

  const serving = world.start(
    ['local-api', '--port', '0', '--trusted-proxy', 'unix', '--register-from', '127.0.0.1', '10.0.0.0/8'],
    { env },
  )
  await serving.says(/http:\/\/127\.0\.0\.1:\d+\//)
  const url = /http:\S+/.exec(serving.output.stdout)?.[0] ?? ''
  const post = async (path: string, body: object) =>
    (await fetch(`${url}v1/${path}`, { method: 'POST', body: JSON.stringify(body) })).status
  const agent = { machine_id: 'web-2', password: 'a password of its own' }
  expect(await post('watchers', { ...agent, registration_token: token })).toBe(202)
  expect(await post('watchers/login', agent)).toBe(200)
  const stranger = { machine_id: 'web-3', password: 'another password' }
  expect(await post('watchers', stranger)).toBe(201)
  expect(await post('watchers/login', stranger)).toBe(401)
  serving.child.kill('SIGTERM')
  await serving.ended
  expect(JSON.stringify(serving.output)).not.toContain(token)
})
