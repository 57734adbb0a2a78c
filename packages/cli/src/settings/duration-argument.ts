import { InvalidArgumentError } from 'commander'
import { durationMs } from './settings-schema.js'

/** Reads a flag's duration, as milliseconds. */
export function durationArgument(name: string): (text: string) => number {
  return (text) => {
    const ms = durationMs(text)
    if (ms !== undefined) return ms
    throw new InvalidArgumentError(`${name} takes a duration of at most 24d, e.g. 30s, 10m, 2h or 7d.`)
  }
}
