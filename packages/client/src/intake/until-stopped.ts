import { unless } from '../calling/abort.js'

/**
 * Gives the same signals until `ending` fires: then iterating rejects with its reason, also while
 * the source keeps us waiting. An array is left as it is.
 */
export function untilStopped<T>(
  signals: Iterable<T> | AsyncIterable<T>,
  ending: AbortSignal,
): Iterable<T> | AsyncIterable<T> {
  if (Array.isArray(signals)) return signals
  return Symbol.asyncIterator in signals ? waitUntilStopped(signals, ending) : readUntilStopped(signals, ending)
}

function* readUntilStopped<T>(signals: Iterable<T>, ending: AbortSignal): Generator<T> {
  for (const signal of signals) {
    ending.throwIfAborted()
    yield signal
  }
}

async function* waitUntilStopped<T>(signals: AsyncIterable<T>, ending: AbortSignal): AsyncGenerator<T> {
  const source = signals[Symbol.asyncIterator]()
  let isWaiting = false
  try {
    for (;;) {
      isWaiting = true
      const next = await unless(
        ending,
        () => ending.reason,
        () => source.next(),
      )
      if (next.done) return
      isWaiting = false
      yield next.value
    }
  } finally {
    const release = Promise.resolve().then(() => source.return?.())
    // A source that gives nothing would keep us from stopping; one that has ended, or failed, has
    // nothing to add.
    if (isWaiting) release.catch(() => undefined)
    else await release
  }
}
