/** The same signals, until `draining` fires: then iterating rejects with its reason, also while the source keeps us waiting. An array is left as it is. */
export function untilStopped<T>(
  signals: Iterable<T> | AsyncIterable<T>,
  draining: AbortSignal,
): Iterable<T> | AsyncIterable<T> {
  if (Array.isArray(signals)) return signals
  return Symbol.asyncIterator in signals ? waitUntilStopped(signals, draining) : readUntilStopped(signals, draining)
}

function* readUntilStopped<T>(signals: Iterable<T>, draining: AbortSignal): Generator<T> {
  for (const signal of signals) {
    draining.throwIfAborted()
    yield signal
  }
}

async function* waitUntilStopped<T>(signals: AsyncIterable<T>, draining: AbortSignal): AsyncGenerator<T> {
  const source = signals[Symbol.asyncIterator]()
  let isWaiting = false
  try {
    for (;;) {
      isWaiting = true
      const next = await unlessStopped(() => source.next(), draining)
      if (next.done) return
      isWaiting = false
      yield next.value
    }
  } finally {
    const release = Promise.resolve().then(() => source.return?.())
    // A source that gives nothing would keep us from stopping; one that has ended, or failed, has nothing to add.
    if (isWaiting) release.catch(() => undefined)
    else await release
  }
}

function unlessStopped<T>(work: () => Promise<T>, draining: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    draining.throwIfAborted()
    const onStop = () => reject(draining.reason)
    draining.addEventListener('abort', onStop, { once: true })
    const settled = () => draining.removeEventListener('abort', onStop)
    new Promise<T>((answer) => answer(work())).finally(settled).then(resolve, reject)
  })
}
