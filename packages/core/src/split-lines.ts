/** Lines of UTF-8 text without their ends, `\n` or `\r\n`, in constant memory. `tooLong` makes the error for a line of more than `maxLineBytes`. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
  tooLong: () => Error,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true })
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      if (end - from > maxLineBytes) throw tooLong()
      yield withoutReturn(text.slice(from, end))
      from = end + 1
    }
    rest = text.slice(from)
    if (rest.length > maxLineBytes) throw tooLong()
  }
  rest += decoder.decode()
  if (rest !== '') yield withoutReturn(rest)
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line)
