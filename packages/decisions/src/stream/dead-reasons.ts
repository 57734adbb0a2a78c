import type { Source } from '../contents/source.js'
import { Beat } from '../pacing/pace.js'

/**
 * The stream without the reasons that no entry bears, so that they do not pile up from pull to
 * pull. Its tables must not be in use yet.
 */
export function* withoutDeadReasons(source: Source): Generator<undefined, Source> {
  const beat = new Beat()
  const isBorne = new Uint8Array(source.reasons.length)
  const tables = [source.v4, source.v6]
  for (const table of tables) {
    for (let index = 0; index < table.size; index += 1) {
      isBorne[table.tagAt(index)] = 1
      if (beat.isDue()) yield
    }
  }
  const newTags = new Uint32Array(source.reasons.length)
  const reasons: string[] = []
  for (const [tag, reason] of source.reasons.entries()) {
    newTags[tag] = reasons.length
    if (isBorne[tag] === 1) reasons.push(reason)
    if (beat.isDue()) yield
  }
  if (reasons.length === source.reasons.length) return source
  for (const table of tables) {
    for (let index = 0; index < table.size; index += 1) {
      table.setTag(index, newTags[table.tagAt(index)] ?? 0)
      if (beat.isDue()) yield
    }
  }
  return { ...source, reasons }
}
