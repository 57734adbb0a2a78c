import { v7 } from 'uuid'

/** A draw of random bytes costs as much as the rest of a signal, so many uuids share one. */
const DRAWN = 256
const BYTES = 16

let random: Uint8Array | undefined
let used = 0
let lastMs = 0
let sequence = 0

/** Makes a uuid of version 7 that comes after all that were made before in this process. */
export function newUuid(): string {
  if (random === undefined || used === random.length) {
    random = crypto.getRandomValues(random ?? new Uint8Array(DRAWN * BYTES))
    used = 0
  }
  const own = random.subarray(used, used + BYTES)
  used += BYTES
  const now = Date.now()
  if (now > lastMs) {
    lastMs = now
    sequence = ((own[6] ?? 0) << 16) | ((own[7] ?? 0) << 8) | (own[8] ?? 0)
  } else sequence += 1
  return v7({ random: own, msecs: lastMs, seq: sequence })
}
