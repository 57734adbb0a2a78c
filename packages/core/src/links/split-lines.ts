/** Bytes that are decoded in one go: a chunk may be a whole list. */
const PIECE = 65_536

/**
 * Splits UTF-8 text into lines without their ends, `\n`, `\r\n` or `\r`, and without a byte order
 * mark, in constant memory. `tooLong` makes the error for a line of more than `maxLineBytes`.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
  tooLong: () => Error,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of pieces(chunks)) {
    const text = rest + decoder.decode(piece, { stream: true })
    let from = 0
    for (let end = lineEnd(text, 0); end !== -1; end = lineEnd(text, from)) {
      if (end - from > maxLineBytes) throw tooLong()
      yield text.slice(from, end)
      from = end + (text.startsWith('\r\n', end) ? 2 : 1)
    }
    rest = text.slice(from)
    if (rest.length > maxLineBytes) throw tooLong()
  }
  rest += decoder.decode()
  // A return at the very end waited for what follows it.
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest
}

async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE)
}

/** Finds where a line ends, from a place on; a return at the very end may be half of one. */
function lineEnd(text: string, from: number): number {
  LINE_END.lastIndex = from
  const end = LINE_END.exec(text)?.index ?? -1
  return end === text.length - 1 && text.endsWith('\r') ? -1 : end
}

const LINE_END = /[\r\n]/g
