import {
  type ParsedElementInfo,
  Tokenizer,
  TokenizerError,
  TokenParser,
  TokenParserError,
  TokenType,
} from '@streamparser/json'
import { UnreadableJsonError } from './unreadable-json-error.js'

/** A value that was read to its end, and what it stands in. */
export type JsonElement = ParsedElementInfo

/** Lists and objects in each other; CAPI's answers have six levels. */
const MOST_LEVELS = 64
/** Bytes of one text, name, number or gap. */
const MOST_TOKEN_BYTES = 16 * 1_048_576
/** A longer text is read and counts as null: nothing that CAPI says is as long. */
const MOST_CHARACTERS = 65_536
/** Bytes of memory, roughly, that what is not dropped yet may take. */
const MOST_HELD_BYTES = 8 * 1_048_576
const TOKEN_BYTES = 64

/**
 * Reads one JSON object piece by piece, and shows each value when it ends, innermost first. What
 * the visitor says `drop` to is forgotten at once: however long the text is, no more memory is in
 * use than what was kept takes.
 */
export class StreamedJson {
  readonly #tokenizer = new BoundedTokenizer({ stringBufferSize: 16_384, numberBufferSize: 16_384 })
  readonly #parser = new TokenParser()
  readonly #decoder = new TextDecoder()
  #levels = 0
  #heldBytes = 0
  #bytesSinceToken = 0
  #hasBegun = false

  constructor(visit: (element: JsonElement) => 'keep' | 'drop') {
    this.#tokenizer.onToken = (found) => {
      const isLong = typeof found.value === 'string' && found.value.length > MOST_CHARACTERS
      const token = isLong ? { ...found, value: null } : found
      this.#weigh(token)
      this.#parser.write(token)
    }
    this.#parser.onValue = (element) => {
      if (visit(element) === 'keep') return
      forget(element)
      this.#heldBytes = 0
    }
    this.#parser.onEnd = () => this.#tokenizer.end()
  }

  /** @throws UnreadableJsonError */
  write(piece: Uint8Array): void {
    this.#bytesSinceToken += piece.length
    // What is no UTF-8 becomes U+FFFD, as in every other answer.
    guarded(() => this.#tokenizer.write(this.#decoder.decode(piece, { stream: true })))
    if (this.#bytesSinceToken > MOST_TOKEN_BYTES) throw new UnreadableJsonError('a value is too long')
  }

  /**
   * To be called after the last piece. Nothing at all is no error. @throws UnreadableJsonError when
   * the end is missing.
   */
  end(): void {
    guarded(() => {
      this.#tokenizer.write(this.#decoder.decode())
      if (!this.#tokenizer.isEnded) this.#tokenizer.end()
    })
    if (this.#hasBegun && !this.#parser.isEnded) throw new UnreadableJsonError('the end is missing')
  }

  #weigh({ token, value }: { token: TokenType; value: unknown }): void {
    if (!this.#hasBegun && token !== TokenType.LEFT_BRACE) throw new UnreadableJsonError('it is not an object')
    this.#hasBegun = true
    this.#bytesSinceToken = 0
    this.#heldBytes += TOKEN_BYTES + (typeof value === 'string' ? value.length : 0)
    if (this.#heldBytes > MOST_HELD_BYTES) throw new UnreadableJsonError('an entry is too large')
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) this.#levels += 1
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) this.#levels -= 1
    if (this.#levels > MOST_LEVELS) throw new UnreadableJsonError(`it has more than ${MOST_LEVELS} levels`)
  }
}

/**
 * The name or index by which the way to an element goes on at a level: 1 for what stands in the
 * whole.
 */
export function keyAt({ stack, key }: JsonElement, level: number): string | number | undefined {
  return level === stack.length ? key : stack[level]?.key
}

/** What the way to an element leads through at a level: 0 for the whole. */
export function containerAt({ stack, parent }: JsonElement, level: number): unknown {
  return level === stack.length - 1 ? parent : stack[level + 1]?.value
}

/** A number of a million digits would take its time, and no number of CAPI's is as long. */
class BoundedTokenizer extends Tokenizer {
  protected override parseNumber(digits: string): number {
    return digits.length > 400 ? Number.NaN : Number(digits)
  }
}

/** Whatever is dropped in a list is all that is left in it. */
function forget({ parent, key }: JsonElement): void {
  if (Array.isArray(parent)) parent.length = 0
  else if (parent !== undefined && key !== undefined) Reflect.deleteProperty(parent, key)
}

function guarded(read: () => void): void {
  try {
    read()
  } catch (error) {
    const isBroken = error instanceof TokenizerError || error instanceof TokenParserError
    throw isBroken ? new UnreadableJsonError('it is broken') : error
  }
}
