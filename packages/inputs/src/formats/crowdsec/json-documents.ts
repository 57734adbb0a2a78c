/** A JSON object that was cut out of lines, or why what stands there is none. */
export type CutDocument =
  | { readonly text: string; readonly line: number }
  | { readonly refused: string; readonly line: number }

/** What is open at the end of a line. */
export interface OpenDocument {
  readonly text: string
  /** Where it began. */
  readonly line: number
}

/**
 * Cuts the objects out of JSON that comes line by line: of an array on many lines or on one, of
 * several arrays one after the other, or of one object a line. No text of JSON goes over a line
 * end, so after damage it goes on with the next object that begins a line.
 */
export class JsonDocuments {
  readonly #longest: number
  #text = ''
  #line = 0
  #depth = 0

  constructor(longest: number, open?: OpenDocument) {
    this.#longest = longest
    if (open === undefined || open.text === '') return
    for (const _ of this.cut(open.text, open.line)) break
    this.#line = open.line
  }

  get open(): OpenDocument {
    return { text: this.#text, line: this.#line }
  }

  *cut(line: string, number: number): Generator<CutDocument> {
    // What is inside of an object is indented, or on its line.
    if (this.#depth > 0 && /^[[{]/.test(line)) yield this.#refuse('it has no end')
    let from = 0
    let isInText = false
    for (let at = 0; at < line.length; at += 1) {
      const sign = line[at]
      if (isInText) {
        if (sign === '\\') at += 1
        else if (sign === '"') isInText = false
      } else if (sign === '{') {
        if (this.#depth === 0) {
          this.#line = number
          from = at
        }
        this.#depth += 1
      } else if (sign === '}' && this.#depth > 0) {
        this.#depth -= 1
        if (this.#depth > 0) continue
        yield { text: this.#text + line.slice(from, at + 1), line: this.#line }
        this.#text = ''
      } else if (this.#depth > 0) isInText = sign === '"'
      else if (!BETWEEN.test(sign ?? '')) return yield { refused: 'it is no JSON', line: number }
    }
    if (this.#depth === 0) return
    this.#text += `${line.slice(from)}\n`
    if (isInText) yield this.#refuse('it ends in the middle of a text')
    else if (this.#text.length > this.#longest) yield this.#refuse('it is too long')
  }

  /** Nothing more comes. */
  *end(): Generator<CutDocument> {
    if (this.#depth > 0) yield this.#refuse('it has no end')
  }

  #refuse(why: string): CutDocument {
    this.#text = ''
    this.#depth = 0
    return { refused: `of the object that begins here, ${why}`, line: this.#line }
  }
}

const BETWEEN = /[[\],\s\uFEFF]/
