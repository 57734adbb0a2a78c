import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { existingServer, type TestServer } from './test-server.js'

/**
 * Gives an empty database of its own on a server that is not ours: tests find nothing there, and
 * leave nothing behind.
 */
export async function databaseOn(url: string, variable: string): Promise<TestServer> {
  const name = `cscapi_test_${randomBytes(8).toString('hex')}`
  await run(url, `CREATE DATABASE ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return existingServer(own.href, variable, () => run(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 60_000 })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
