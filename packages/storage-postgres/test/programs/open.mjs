// Opens the schemas that are named on standard input, one a line. Argument: the server's URL.
import { createInterface } from 'node:readline'
import { PostgresStorage } from '@cscapi/storage-postgres'

const [url] = process.argv.slice(2)
process.stdout.write('ready\n')
for await (const schema of createInterface({ input: process.stdin })) {
  const storage = new PostgresStorage({ url, schema, poolSize: 1 })
  try {
    await storage.open()
    process.stdout.write('open\n')
  } catch (error) {
    process.stdout.write(`${error.code} ${error.message}\n`)
  }
  await storage.close()
}
