import type { InputCounts, InputOptions, ReadInput } from '@cscapi/inputs/on-demand'
import type { Signal } from '@cscapi/signals'
import type { Source } from './sources.js'

/** Where something stands in what is read. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** What is told while signals are read. */
export interface ReadingListener {
  refused(place: Place, reason: string): void
  /** Called before each signal is given on. */
  found(place: Place): void
}

/** Counts of everything that was read, of all sources together. */
export type ReadCounts = { -readonly [Name in keyof InputCounts]: number }

/** Reads sources one after the other, and gives their signals as they come. */
export async function* readSignals(
  sources: readonly Source[],
  readInput: ReadInput,
  options: InputOptions,
  counts: ReadCounts,
  listener: ReadingListener,
): AsyncGenerator<Signal> {
  for (const { name, open } of sources) {
    const input = open()
    const reading = readInput(input, options)
    const before = { ...counts }
    try {
      for await (const item of reading) {
        addUp(counts, before, reading.counts)
        if ('refused' in item) listener.refused({ file: name, line: item.line }, item.refused)
        else {
          listener.found({ file: name, line: item.firstLine })
          yield item.signal
        }
      }
    } finally {
      addUp(counts, before, reading.counts)
      input.destroy()
    }
  }
}

function addUp(counts: ReadCounts, before: ReadCounts, more: Readonly<InputCounts>): void {
  for (const name of Object.keys(counts) as (keyof InputCounts)[]) counts[name] = before[name] + more[name]
}
