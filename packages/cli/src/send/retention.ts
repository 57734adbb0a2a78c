import type { Settings } from '../settings/settings-schema.js'

const DAY_MS = 86_400_000

/**
 * How long signals stay. Sent ones a week, so that a log which is read again adds nothing twice;
 * rejected ones until somebody looks.
 */
export function retentionOf({ keepSent = 7 * DAY_MS, keepRejected }: Settings): {
  readonly keepSentMs: number
  readonly keepRejectedMs: number | undefined
} {
  return { keepSentMs: keepSent, keepRejectedMs: keepRejected }
}
