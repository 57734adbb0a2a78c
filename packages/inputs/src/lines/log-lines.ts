import { stripVTControlCharacters } from 'node:util'
import { resumed } from './resumed.js'

/**
 * What is as long as this, in UTF-16 units, is no log line: it is cut here, and no reader reads it.
 * The only bound: no field's length decides whether a line is read.
 */
export const LONGEST_LINE = 65_536

type Ending = '\n' | RegExp
const ANY_ENDING = /\r\n|\r|\n/

/**
 * Gives the lines of a text that comes in pieces, however they are cut. They end with LF or CR LF;
 * with CR only in a text that begins with 64 KiB without any LF, or has none at all: a CR in any
 * other is what a client sent. Colours are taken out, and byte order marks and zeros before a line.
 */
export async function* linesOf(chunks: AsyncIterable<string>, longest: number = LONGEST_LINE): AsyncGenerator<string> {
  const [ending, all] = await endingOf(chunks)
  let rest = ''
  let heldBack = ''
  for await (const chunk of all) {
    let text = heldBack + chunk
    // Only what follows a CR tells what it is.
    heldBack = ending === ANY_ENDING && text.endsWith('\r') ? '\r' : ''
    text = text.slice(0, text.length - heldBack.length)
    const lines = text.split(ending)
    const last = lines.pop() ?? ''
    for (const line of lines) {
      yield cleaned((rest + line).slice(0, longest), longest)
      rest = ''
    }
    rest = (rest + last).slice(0, longest)
  }
  if (rest !== '' || heldBack !== '') yield cleaned(rest, longest)
}

async function endingOf(chunks: AsyncIterable<string>): Promise<[Ending, AsyncIterable<string>]> {
  const rest = chunks[Symbol.asyncIterator]()
  let head = ''
  while (head.length < LONGEST_LINE) {
    const next = await rest.next()
    if (next.done === true) break
    head += next.value
    if (next.value.includes('\n')) return ['\n', resumed(head, rest)]
  }
  return [head.includes('\r') ? ANY_ENDING : '\n', resumed(head, rest)]
}

/** Gives a line without what is not of it: colours, and byte order marks and zeros in front. */
export function cleaned(line: string, longest: number = LONGEST_LINE): string {
  if (line.length >= longest) return line
  const text = line.includes('\u001b') ? stripVTControlCharacters(line) : line
  return text.replace(/^[\uFEFF\0]+|\r+$/g, '')
}
