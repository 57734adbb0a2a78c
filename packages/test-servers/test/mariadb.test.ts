import mysql from 'mysql2/promise'
import { expect, onTestFinished, test } from 'vitest'
import { startMariadb } from '../src/index.js'

test('a MariaDB of Debian takes the user that its URL names, with the password, and no other', async () => {
  const server = await startMariadb({ password: "a:b@c'd" })
  onTestFinished(() => server.stop())
  const connection = await mysql.createConnection(server.url)
  await connection.query('CREATE TABLE acme (id INTEGER)')
  const [rows] = await connection.query('SELECT DATABASE() AS name, COUNT(*) AS rows_of_acme FROM acme')
  await connection.end()
  expect(rows).toEqual([{ name: 'cscapi', rows_of_acme: 0 }])
  const stranger = new URL(server.url)
  stranger.password = 'another'
  await expect(mysql.createConnection(stranger.href)).rejects.toThrow(/Access denied/)
})
