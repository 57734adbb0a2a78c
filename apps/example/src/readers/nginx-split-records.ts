/** In bytes: nginx writes no record that is longer, its line feed included. */
const LONGEST_RECORD = 2_048
const RECORD = /^(?:.{0,300}: )?\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2} \[[a-z]+\] /
/** The request stands there as it was sent: a line feed of the decoded path is written like this, or encoded once more. */
const ENCODED_LINE_FEED = /%(?:25)*0a/i
const OF_CLIENT = /, client: |\(\d{1,3}: /
/** The one peer, and behind it the whole request, or, of a connection without any, the address that it came to. */
const WITH_REQUEST = /^[^",]*, server: (?:[^"]*, request: "[^"]* HTTP\/[\d.]+"|[^",]*:\d+$|unix:[^",]*$)/

/** Stands in front of a line that is not trusted, so that no reader reads it and a person sees why. */
export const NOT_TRUSTED = '[not trusted, a client may have written this line] '

interface HeldLine {
  readonly text: string
  /** Bytes in the log with the line feed, or fewer: what was no text was replaced by longer text. */
  readonly bytes: number
  isTrusted: boolean
}

/**
 * The same lines, with {@link NOT_TRUSTED} in front of each that may be part of a record of nginx's error log which a
 * client split.
 *
 * nginx writes the decoded path into its error log as it is. `GET /x%0a2026/11/28 01:02:03 [error] …, client: 203.0.113.77, …`
 * writes lines of the client's choice, which look like any other. What gives them away is the end of the record, where
 * the request stands as it was sent, or which was cut off because the record grew too long. The lines up to 2,048 bytes
 * before such an end are not trusted, so a line of nginx's is handed on once as much has come after it. A client can
 * hide in this way what it did just before; the access log, where nginx escapes line feeds, still tells it.
 */
export async function* distrustSplitRecords(lines: AsyncIterable<string>): AsyncGenerator<string> {
  const held: HeldLine[] = []
  for await (const text of lines) {
    if (held.length === 0 && !RECORD.test(text)) {
      yield text
      continue
    }
    const replaced = text.split('\uFFFD').length - 1
    held.push({ text, bytes: Buffer.byteLength(text) - 2 * replaced + 1, isTrusted: true })
    if (mayEndSplitRecord(text)) for (const line of held) line.isTrusted = false
    for (const line of held.splice(0, settled(held))) yield told(line)
  }
  for (const line of held) yield told(line)
}

function told({ text, isTrusted }: HeldLine): string {
  return isTrusted ? text : NOT_TRUSTED + text
}

function mayEndSplitRecord(text: string): boolean {
  if (ENCODED_LINE_FEED.test(text)) return true
  const [, peer, another] = text.split(', client: ', 3)
  return OF_CLIENT.test(text) && (peer === undefined || another !== undefined || !WITH_REQUEST.test(peer))
}

/** How many of the first lines no record can hold together with a line that is still to come. */
function settled(held: readonly HeldLine[]): number {
  if (!held.some(({ text }) => RECORD.test(text))) return held.length
  let bytes = 0
  return (
    held.findLastIndex((line) => {
      bytes += line.bytes
      return bytes >= LONGEST_RECORD
    }) + 1
  )
}
