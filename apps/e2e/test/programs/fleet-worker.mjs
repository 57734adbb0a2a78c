// One worker of a fleet: sends what is due, again and again, until SIGTERM, which it is ready for
// once it says so. Arguments: storage URL, base URL.
import { setTimeout as sleep } from 'node:timers/promises'
import { CapiClient } from '@cscapi/client'
import { openStorage } from '@cscapi/open-storage'

const [url, baseUrl] = process.argv.slice(2)
const client = new CapiClient({
  storage: await openStorage(url),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: { baseUrl },
  concurrency: 1,
  batchSize: 10,
  timeoutMs: 2_500,
  leaseMs: 5_000,
  retryDelayMs: 20,
  maxRetryDelayMs: 200,
})
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
process.send('ready')
process.disconnect()
while (!stop.signal.aborted) {
  try {
    await client.sendSignals({ signal: stop.signal })
    await sleep(20, undefined, { signal: stop.signal })
  } catch (error) {
    // A store that cannot be reached for a moment is tried again, as a service would do it.
    if (!stop.signal.aborted && error.retryable !== true) throw error
  }
}
await client.close()
