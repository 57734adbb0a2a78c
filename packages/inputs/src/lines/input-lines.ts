import { Readable } from 'node:stream'
import { InputError } from '@cscapi/signals'
import { UnreadableLogError } from './log-format.js'
import { linesOf } from './log-lines.js'
import { logText } from './log-text.js'
import { resumed } from './resumed.js'

/**
 * What is read: a text of one or more lines; an iterable of lines; or the text or bytes of a file,
 * cut anywhere, as a `Readable`, a `ReadableStream` or an iterable of bytes gives them. Bytes may
 * be compressed with gzip.
 */
export type InputLines =
  | string
  | Iterable<string>
  | AsyncIterable<string | Uint8Array>
  | ReadableStream<string | Uint8Array>

const NAME = 'The input'

/**
 * Gives the lines of an input, none of them longer than `longest`, in flat memory.
 *
 * @throws InputError where the bytes are no text: UTF-16, or packed with anything but gzip
 */
export async function* inputLines(input: InputLines, longest: number): AsyncGenerator<string> {
  try {
    yield* linesOf(await textOf(input), longest)
  } catch (error) {
    if (!(error instanceof UnreadableLogError)) throw error
    throw new InputError('The input cannot be read', [{ path: 'lines', value: 'bytes', rule: error.why }])
  }
}

async function textOf(input: InputLines): Promise<AsyncIterable<string>> {
  const pieces = typeof input === 'string' ? once(input) : piecesOf(input)
  const rest = pieces[Symbol.asyncIterator]()
  const first = await rest.next()
  if (first.done === true) return once('')
  const all = resumed(first.value, rest)
  if (typeof first.value !== 'string') return logText(bytesOf(all), NAME, { zeros: true })
  return isCutAnywhere(input) ? textsOf(all) : endedLines(all)
}

type Pieces = AsyncIterable<string | Uint8Array>

async function* once(text: string): AsyncGenerator<string> {
  yield text
}

async function* piecesOf(input: Exclude<InputLines, string>): Pieces {
  yield* input
}

/** A stream gives what it has; only one of objects gives a line at a time. */
function isCutAnywhere(input: InputLines): boolean {
  if (input instanceof Readable) return !input.readableObjectMode
  return typeof input === 'string' || input instanceof ReadableStream
}

async function* endedLines(pieces: Pieces): AsyncGenerator<string> {
  for await (const line of textsOf(pieces)) yield line.endsWith('\n') ? line : `${line}\n`
}

async function* textsOf(pieces: Pieces): AsyncGenerator<string> {
  for await (const piece of pieces) {
    if (typeof piece !== 'string') throw refusal(piece)
    yield piece
  }
}

async function* bytesOf(pieces: Pieces): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) throw refusal(piece)
    yield piece
  }
}

function refusal(piece: unknown): InputError {
  const rule = 'must be text throughout, or bytes throughout'
  return new InputError('The input cannot be read', [{ path: 'lines', value: typeof piece, rule }])
}
