// A function that something wakes once in a while: it sends what waits, and ends before its time is
// up. What it could not send waits in the store for the next one. It has no disk, so the store is a
// server: postgres:// or redis://.
import { CapiClient, isCscapiError } from '@cscapi/client'
import { openStorage } from '@cscapi/open-storage'

export async function handler(_event: unknown, context: { getRemainingTimeInMillis(): number }) {
  await using client = new CapiClient({
    storage: await openStorage(process.env.CSCAPI_STORE ?? 'redis://127.0.0.1:6379'),
    scenarios: ['crowdsecurity/ssh-bf'],
    environment: { baseUrl: process.env.CAPI_URL ?? 'http://127.0.0.1:8088/v3' }, // for good: 'production'
  })
  const signal = AbortSignal.timeout(Math.max(context.getRemainingTimeInMillis() - 5_000, 0))
  try {
    const { sent, postponed } = await client.sendSignals({ signal })
    return { sent, postponed }
  } catch (error) {
    if (isCscapiError(error) && error.code === 'aborted') return { stopped: 'out of time' }
    throw error
  }
}
