import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type TestServer } from '../src/index.js'

/**
 * What the server says to a client's first packet: `N` (no TLS) when it is well, nothing at all
 * when it sleeps.
 */
async function greeting(url: string, patienceMs = 60_000): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) })
    const end = (text: string) => {
      socket.destroy()
      resolve(text)
    }
    socket.setTimeout(patienceMs, () => end('silence'))
    socket.on('error', () => end('refused'))
    socket.on('data', (data) => end(data.toString('latin1')))
    // SSLRequest of the wire protocol.
    socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])))
  })
}

describe('a throw-away PostgreSQL', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startPostgres({ password: 'correct horse' })
  })
  afterAll(async () => server.stop())

  test('listens on 127.0.0.1, with the password in its URL', async () => {
    expect(server.url).toMatch(/^postgres:\/\/postgres:correct%20horse@127\.0\.0\.1:\d+\/postgres$/)
    expect(await greeting(server.url)).toBe('N')
  })

  test('comes back on the same port after kill -9', async () => {
    await server.kill()
    expect(await greeting(server.url)).toBe('refused')
    await server.restart()
    expect(await greeting(server.url)).toBe('N')
  })

  test('answers nobody while it is paused, and goes on when it is resumed', async () => {
    server.pause()
    expect(await greeting(server.url, 300)).toBe('silence')
    server.resume()
    expect(await greeting(server.url)).toBe('N')
  })
})

test('on a server that the environment names an empty database is made, and dropped again; it cannot be killed', async () => {
  const named = await startPostgres({ config: {} })
  process.env.CSCAPI_TEST_POSTGRES_URL = named.url
  try {
    const [one, other] = await Promise.all([startPostgres(), startPostgres()])
    expect(one.url).not.toBe(other.url)
    expect(new URL(one.url).port).toBe(new URL(named.url).port)
    expect(() => one.kill()).toThrow('unset CSCAPI_TEST_POSTGRES_URL')
    expect(await databases(named.url)).toHaveLength(3)
    await one.stop()
    await other.stop()
    expect(await databases(named.url)).toEqual(['postgres'])
  } finally {
    delete process.env.CSCAPI_TEST_POSTGRES_URL
    await named.stop()
  }
})

async function databases(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query('SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname')
  await client.end()
  return rows.map(({ datname }) => datname)
}

test('a server that cannot start says why, with the end of its log', async () => {
  await expect(startPostgres({ config: { shared_buffers: 'plenty' } })).rejects.toThrow(
    /ended while it was starting[\s\S]*shared_buffers/,
  )
})

test('a version that the machine lacks is asked for by its package', async () => {
  expect(existsSync('/usr/lib/postgresql/9')).toBe(false)
  await expect(startPostgres({ version: 9 })).rejects.toThrow('apt-get install postgresql')
})
