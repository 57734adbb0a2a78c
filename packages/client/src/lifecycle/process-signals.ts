import { constants } from 'node:os'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Runs `end` at the first SIGTERM or SIGINT; then the process exits with the code that it gives,
 * unless somebody else listens to the signal and so decides. A second one exits at once, with the
 * code that the signal alone would have caused. Returns the function that removes the listeners.
 */
export function onProcessSignals(end: () => Promise<number>): () => void {
  let isEnding = false
  const remove = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  const onSignal = async (signal: NodeJS.Signals) => {
    if (isEnding) process.exit(128 + constants.signals[signal])
    isEnding = true
    const code = await end().catch(() => 1)
    remove()
    if (process.listenerCount(signal) === 0) process.exit(code)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return remove
}
