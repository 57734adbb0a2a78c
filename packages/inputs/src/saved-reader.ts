import { InputError, lazily, printable } from '@cscapi/signals'
import * as z from 'zod'
import type { SavedAttacks } from './attacks/attacks.js'
import type { FormatName } from './formats/format-names.js'

/** What {@link InputReader.save} gives: plain JSON, and nobody's business but the reader's. */
export interface SavedReader {
  /** The format that was read. */
  readonly format: FormatName
  /** How many lines were read. */
  readonly lines: number
  /** The attacks that are under way. */
  readonly attacks: SavedAttacks
  /** What the format's own reader knows. */
  readonly reader: unknown
}

const count = lazily(() => z.int().nonnegative())
const attackSchema = lazily(() =>
  z.object({
    name: z.string(),
    address: z.string(),
    startAt: z.number(),
    stopAt: z.number(),
    events: count(),
    firstLine: count(),
    lastLine: count(),
    level: z.number(),
    slowLevel: z.number(),
    isOver: z.boolean(),
    isSlowlyOver: z.boolean(),
    seen: z.array(z.string()),
    details: z.record(z.string(), z.array(z.string())),
  }),
)
const savedSchema = lazily(() =>
  z.object({
    format: z.string(),
    lines: count(),
    attacks: z.object({ open: z.array(attackSchema()), sweptAt: z.number() }),
    reader: z.unknown(),
  }),
)

/** @throws InputError for what no reader of this format saved */
export function readSaved(format: string, saved: unknown): z.output<ReturnType<typeof savedSchema>> | undefined {
  if (saved === undefined || saved === null) return undefined
  const parsed = savedSchema().safeParse(saved)
  if (parsed.success && parsed.data.format === format) return parsed.data
  const rule = `must be what a reader of the format ${format} saved`
  throw new InputError('The input cannot be read', [{ path: 'saved', value: printable(saved), rule }])
}
