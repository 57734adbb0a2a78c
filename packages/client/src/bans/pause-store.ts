import { CapiResponseError, type DuePause, extendPause, type StateStore } from '@cscapi/core'
import { textOf } from '../observing/error-text.js'
import type { EventFeed } from '../observing/events.js'
import { markProbeDue } from './ban-marks.js'

/**
 * Makes the function that writes a pause down for every process of a store, and tells of it. After
 * a ban a probe is due.
 */
export function storePauser(store: StateStore, events: EventFeed): (pause: DuePause) => Promise<void> {
  return async ({ reason, error, endpoint, machineId, forMs }) => {
    if (reason === 'forbidden') await markProbeDue(store, endpoint === 'signals' ? machineId : undefined)
    const hasWords = error instanceof CapiResponseError && reason !== 'unauthorized'
    const message = hasWords ? error.serverMessage : textOf(error, machineId)
    await extendPause(store, { reason, message, forMs })
    events.emit('paused', { reason, message, forMs })
  }
}
