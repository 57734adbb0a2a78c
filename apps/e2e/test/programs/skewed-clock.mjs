// A process whose host clock is wrong by so many milliseconds; does to the store what standard
// input asks for.
import { createInterface } from 'node:readline'
import { openStorage } from '@cscapi/open-storage'

const [url, skewMs] = process.argv.slice(2)
const { now } = Date
Date.now = () => now() + Number(skewMs)

const storage = await openStorage(url)
process.stdout.write(`${JSON.stringify({ clock: Date.now() })}\n`)
for await (const line of createInterface({ input: process.stdin })) {
  const [operation, ...args] = JSON.parse(line)
  const answer = await storage[operation](...args)
  process.stdout.write(`${JSON.stringify(answer ?? null)}\n`)
}
await storage.close()
