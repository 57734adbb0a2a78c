import { startPostgres } from '@cscapi/test-servers'
import fc from 'fast-check'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { textArray } from './text-array.js'

test('the server reads every list of texts as it was given: empty ones, quotes, braces, NULL, other scripts', async () => {
  const server = await startPostgres()
  const client = new Client(server.url)
  await client.connect()
  const text = fc.oneof(fc.constantFrom('', 'NULL', '{}', '"', '\\', ','), fc.string({ unit: 'binary' }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        text.filter((some) => !some.includes('\0')),
        { minLength: 1 },
      ),
      async (texts) => {
        const { rows } = await client.query('SELECT $1::text[] AS texts', [textArray(texts)])
        expect(rows).toEqual([{ texts }])
      },
    ),
  )
  await client.end()
  await server.stop()
})
