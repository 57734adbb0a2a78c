import { stripVTControlCharacters } from 'node:util'

/**
 * What is as long as this, in characters, is no log line: it is cut here, and no reader reads it.
 */
export const LONGEST_LINE = 65_536

/**
 * The lines of a text that comes in pieces, however they are cut. Which of LF, CR LF and CR ends a
 * line is what ends the first one: a CR further on in a text with LF is whatever a client sent.
 * Colours are taken out, and byte order marks and zeros before a line.
 */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  let heldBack = ''
  let ending: '\n' | RegExp | undefined
  for await (const chunk of chunks) {
    let text = heldBack + chunk
    // Only what follows a CR tells what it is.
    heldBack = text.endsWith('\r') ? '\r' : ''
    text = text.slice(0, text.length - heldBack.length)
    ending ??= endingOf(text)
    const lines = text.split(ending ?? '\n')
    const last = lines.pop() ?? ''
    for (const line of lines) {
      yield cleaned((rest + line).slice(0, LONGEST_LINE))
      rest = ''
    }
    rest = (rest + last).slice(0, LONGEST_LINE)
  }
  if (rest !== '' || heldBack !== '') yield cleaned(rest)
}

function endingOf(text: string): '\n' | RegExp | undefined {
  const first = /\r\n|\n|\r/.exec(text)?.[0]
  if (first === undefined) return undefined
  return first === '\r' ? /\r\n|\r|\n/ : '\n'
}

function cleaned(line: string): string {
  if (line.length >= LONGEST_LINE) return line
  const text = line.includes('\u001b') ? stripVTControlCharacters(line) : line
  return text.replace(/^[\uFEFF\0]+|\r+$/g, '')
}
