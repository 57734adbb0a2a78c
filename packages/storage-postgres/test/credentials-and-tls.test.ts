import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { inspect } from 'node:util'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { selfSigned } from '@cscapi/test-servers/certificates'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'

const PASSWORD = 'S3cret-of-the-server'

let server: TestServer
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cscapi-tls-'))
  const [cert, key] = ['server.crt', 'server.key'].map((name) => join(folder, name)) as [string, string]
  writeFileSync(cert, selfSigned.cert)
  writeFileSync(key, selfSigned.key)
  chmodSync(folder, 0o755)
  chmodSync(key, 0o600)
  // The server runs as `nobody` where the tests run as root.
  if (process.getuid?.() === 0) for (const path of [cert, key]) chownSync(path, 65_534, 65_534)
  const config = { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key }
  server = await startPostgres({ password: PASSWORD, config })
})

afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true })
})

const opened = async (options: ConstructorParameters<typeof PostgresStorage>[0]) => {
  const storage = new PostgresStorage(options)
  await storage.open()
  await storage.close()
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a password', () => {
  test('that is right opens the store', async () => {
    await expect(opened({ url: server.url })).resolves.toBeUndefined()
  })

  test('that is wrong is a typed error at once, and neither it nor the right one is shown', async () => {
    const url = server.url.replace(PASSWORD, 'Wr0ng-password')
    const failure = await failureOf(opened({ url }))
    expect(failure).toMatchObject({
      name: 'StorageError',
      code: 'storage_unavailable',
      driverCode: '28P01',
      retryable: false,
      message: expect.stringContaining('refuses user or password'),
    })
    const shown = `${inspect(failure, { depth: Number.POSITIVE_INFINITY, showHidden: true })} ${JSON.stringify(failure)}`
    for (const secret of ['Wr0ng-password', PASSWORD]) expect(shown).not.toContain(secret)
  })

  test('is not shown by inspecting the storage', () => {
    const storage = new PostgresStorage({ url: server.url })
    expect(inspect(storage, { depth: 9, showHidden: true }) + JSON.stringify(storage)).not.toContain(PASSWORD)
  })
})

describe('TLS', () => {
  test('with a certificate authority that vouches for the server opens the store', async () => {
    await expect(opened({ url: server.url, ssl: { ca: selfSigned.cert } })).resolves.toBeUndefined()
  })

  test('with a server that nobody vouches for is refused', async () => {
    expect(await failureOf(opened({ url: server.url, ssl: true }))).toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('no trusted TLS connection'),
    })
  })

  test('with a certificate authority that vouches for others only is refused', async () => {
    expect(await failureOf(opened({ url: server.url, ssl: { ca: rootCertificates[0] } }))).toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('no trusted TLS connection'),
    })
  })

  test.each([
    ['require', { ca: selfSigned.cert }, undefined],
    ['disable', { ca: rootCertificates[0] }, 'no trusted TLS connection'],
    ['no-verify', { ca: rootCertificates[0] }, 'no trusted TLS connection'],
  ])('is the option’s to set, although the URL says sslmode=%s', async (mode, ssl, problem) => {
    const failure = await failureOf(opened({ url: `${server.url}?sslmode=${mode}`, ssl }))
    if (problem === undefined) expect(failure).toBeUndefined()
    else expect(failure).toMatchObject({ code: 'storage_unavailable', message: expect.stringContaining(problem) })
  })

  test('is the URL’s to ask for too', async () => {
    expect(await failureOf(opened({ url: `${server.url}?sslmode=verify-full` }))).toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('no trusted TLS connection'),
    })
  })
})
