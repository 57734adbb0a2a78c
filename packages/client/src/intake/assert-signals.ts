import { InputError, printable } from '@cscapi/signals'
import { isIterable } from '../calling/read-call.js'

/** @throws InputError unless they are an array, an iterable or an async iterable. */
export function assertSignals(what: string, signals: unknown): void {
  if (isIterable(signals)) return
  const isSignal = typeof signals === 'object' && signals !== null && 'scenario' in signals
  const rule = `must be an array of signals, or another iterable of them${isSignal ? '; put one into an array' : ''}`
  throw new InputError(what, [{ path: 'signals', value: printable(signals), rule }])
}
