import { CscapiError } from '@cscapi/core'
import type { Signal } from '@cscapi/signals'

/**
 * Rewrites the value of one context entry, or drops the entry by returning `undefined`. Called once
 * per entry, before it is stored; must not be async.
 */
export type Redact = (key: string, value: string) => string | undefined

/**
 * Makes the signal as it may leave. The one given is not changed.
 *
 * @throws CscapiError `redact_failed` when the hook throws or returns something else than text; its
 * own error is the `cause`.
 */
export function redactContext(signal: Signal, redact: Redact, path: string): Signal {
  if (signal.context === undefined) return signal
  const context = signal.context.flatMap((entry, index) => {
    const { key = '', value = '' } = entry
    const rewritten = callHook(redact, key, value, `${path}.context[${index}]`)
    if (rewritten === undefined) return []
    return rewritten === value ? [entry] : [{ ...entry, value: rewritten }]
  })
  return { ...signal, context }
}

function callHook(redact: Redact, key: string, value: string, path: string): string | undefined {
  let rewritten: unknown
  try {
    rewritten = redact(key, value)
  } catch (cause) {
    throw new CscapiError('redact_failed', `The redact hook threw at ${path}; nothing was added`, { cause })
  }
  if (rewritten === undefined || typeof rewritten === 'string') return rewritten
  const message = `The redact hook returned neither text nor undefined at ${path}; nothing was added`
  throw new CscapiError('redact_failed', message)
}
