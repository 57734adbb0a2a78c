import { lazily, parseJson } from '@cscapi/signals'
import * as z from 'zod'
import { readAlert } from './crowdsec/alert.js'
import { type CutDocument, JsonDocuments } from './crowdsec/json-documents.js'
import type { FormatReader, InputFormat, ReadContext, Reading } from './format.js'

const LONGEST = 1_000_000

/**
 * Alerts of a CrowdSec engine, as `cscli alerts list -o json`, `cscli alerts inspect -o json` and
 * the HTTP notification write them: each that the engine saw itself is a signal. Its uuid is the
 * alert's.
 */
export const crowdsec: InputFormat = {
  longestLine: LONGEST,
  attacks: {},
  open: (context, saved) => new AlertReader(context, saved),
}

const savedSchema = lazily(() => z.object({ text: z.string(), line: z.int() }))

class AlertReader implements FormatReader {
  readonly #context: ReadContext
  readonly #documents: JsonDocuments

  constructor(context: ReadContext, saved: unknown) {
    this.#context = context
    const open = saved === undefined || saved === null ? undefined : savedSchema().parse(saved)
    this.#documents = new JsonDocuments(LONGEST, open)
  }

  read(line: string, number: number): readonly Reading[] {
    return [...this.#documents.cut(line, number)].flatMap((document) => this.#take(document))
  }

  end(): readonly Reading[] {
    return [...this.#documents.end()].flatMap((document) => this.#take(document))
  }

  save(): unknown {
    return this.#documents.open
  }

  #take(document: CutDocument): readonly Reading[] {
    if ('refused' in document) return [document]
    const alert = parseJson(document.text)
    if (alert === undefined) return [{ refused: 'it is no JSON', line: document.line }]
    return readAlert(alert, document.line, this.#context)
  }
}
