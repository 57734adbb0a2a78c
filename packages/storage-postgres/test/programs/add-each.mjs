// Two hundred callers that each add a call of some signals at once, again and again, and print each
// call once it is acknowledged. A call named …-3 has three signals.
import { PostgresStorage } from '@cscapi/storage-postgres'

const [url, schema, run] = process.argv.slice(2)
const storage = new PostgresStorage({ url, schema, poolSize: 4, migrate: 'never' })
await storage.open()
async function caller(number) {
  for (let call = 0; ; call += 1) {
    const size = 1 + (number % 3)
    const name = `${run}-${number}-${call}-${size}`
    await storage.enqueue(
      Array.from({ length: size }, (_, index) => ({
        machineId: `m${(number + index) % 7}`,
        uuid: `${name}/${index}`,
        payload: '{}',
      })),
    )
    process.stdout.write(`${name}\n`)
  }
}
await Promise.all(Array.from({ length: 200 }, (_, number) => caller(number)))
