import { parseJson } from '@cscapi/signals'
import type * as z from 'zod'
import { type ScopedValues, setScopedLater } from '../contents/scoped-values.js'
import type { Source } from '../contents/source.js'
import type { Pace } from '../pacing/pace.js'
import { corrupt, type Header, headerSchema, headerSchemaV1, scopedLineSchema } from './snapshot-layout.js'

type Texts = Pick<Source, 'reasons'> & { readonly scoped: ScopedValues }

/** The texts of each source, and where the tables begin. */
export interface SnapshotTexts {
  readonly header: Pick<Header, 'allowlists'> & {
    readonly sources: readonly Omit<Header['sources'][number], 'reasons' | 'scoped'>[]
  }
  readonly texts: readonly Texts[]
  readonly at: number
}

export async function readTexts(json: unknown, body: Uint8Array, start: number, pace: Pace): Promise<SnapshotTexts> {
  const header = parsed(headerSchema(), json)
  const decoder = new TextDecoder()
  let at = start
  const line = async (): Promise<unknown> => {
    const end = body.indexOf(0x0a, at)
    if (end === -1) throw corrupt('it ends too early')
    const text = parseJson(decoder.decode(body.subarray(at, end)))
    const turn = pace.step(1 + ((end - at) >>> 5))
    if (turn !== undefined) await turn
    at = end + 1
    return text
  }
  const texts: Texts[] = []
  for (const { reasons: reasonCount, scoped: scopedCount } of header.sources) {
    const reasons: string[] = []
    const scoped: ScopedValues = new Map()
    for (let count = 0; count < reasonCount; count += 1) {
      const reason = await line()
      if (typeof reason !== 'string') throw corrupt('a reason is no text')
      reasons.push(reason)
    }
    for (let count = 0; count < scopedCount; count += 1) {
      const [scope, value, reason, expiresAt] = parsed(scopedLineSchema(), await line())
      setScopedLater(scoped, { scope, value, reason, expiresAt })
    }
    texts.push({ reasons, scoped })
  }
  return { header, texts, at }
}

export function readTextsV1(json: unknown, at: number): SnapshotTexts {
  const header = parsed(headerSchemaV1(), json)
  const texts = header.sources.map(({ reasons, scoped: values }): Texts => {
    const scoped: ScopedValues = new Map()
    for (const value of values) setScopedLater(scoped, value)
    return { reasons, scoped }
  })
  return { header, texts, at }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (!result.success) throw corrupt('its header cannot be read')
  return result.data
}
