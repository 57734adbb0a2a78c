import type { ClientContext } from '../context.js'
import type { Startable } from './startable.js'

const FOLLOW_EVERY_MS = 60_000

/** Takes over what any process has pulled: the leader pulls, the others find it in the store. */
export async function followPulls(context: ClientContext, client: Startable): Promise<void> {
  const { draining } = context.shutdown
  const { clock } = context.options
  for (let hasFailed = false; ; ) {
    await clock.sleep(FOLLOW_EVERY_MS, draining).catch(() => undefined)
    if (draining.aborted) return
    try {
      await client.decisions()
      hasFailed = false
    } catch (error) {
      const message = 'The blocklist in the store could not be read; it is tried again each minute'
      if (!hasFailed) context.events.emit('warning', { code: 'follow_failed', message, error })
      hasFailed = true
    }
  }
}
