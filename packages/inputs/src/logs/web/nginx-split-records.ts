import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { type HeadedLine, readHeader } from '../syslog-header.js'

/** In bytes: nginx writes no record that is longer, its line feed included. */
const LONGEST_RECORD = 2_048
const RECORD = /^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2} \[[a-z]+\] /
const PEER = ', client: '
/**
 * Behind the peer's address stand the request as it was sent, or, of a connection without any,
 * where it came to.
 */
const BEHIND_PEER = /^[^",]*, server: (?:[^"]*, request: "(?<request>[^"]*) HTTP\/[\d.]+"|[^",]*:\d+$|unix:[^",]*$)/
/**
 * An end of a line as it was sent, or encoded once more; a lone carriage return ends one for some
 * readers.
 */
const ENCODED_LINE_END = /%(?:25)*0[ad]/i
/**
 * What an application says, and may repeat from a client: line feeds and all, and the end may be
 * cut off.
 */
const OF_APPLICATION = /^[\d/]+ [\d:]+ \[[a-z]+\] \d+#\d+: \*\d+ (?:\w+ sent in stderr: "|\[lua\] |js: |perl: )/
const SYSTEM_ERROR = /\(\d{1,3}: /

/** Why a line that is not trusted is not read. */
export const WRITTEN_BY_CLIENT = 'a client may have written this line'
/**
 * Stands in front of a line that is not trusted, so that no reader reads it and a person sees why.
 */
export const NOT_TRUSTED = `[not trusted, ${WRITTEN_BY_CLIENT}] `

/** A line, and whether it can be trusted to be one of the server's own. */
export interface JudgedLine {
  readonly text: string
  /** Counted from 1. */
  readonly line: number
  readonly isTrusted: boolean
}

interface HeldLine extends HeadedLine {
  readonly text: string
  readonly line: number
  /** Whether the next line may belong to the same record. */
  readonly mayGoOn: boolean
  isTrusted: boolean
}

const savedSchema = lazily(() =>
  z.object({
    readAt: z.number(),
    held: z.array(z.object({ text: z.string(), line: z.number(), isTrusted: z.boolean() })),
  }),
)

/**
 * Tells which lines of nginx's error log may be part of a record that a client split.
 *
 * nginx writes the decoded path into its error log as it is. `GET /x%0a2026/11/28 01:02:03 [error]
 * …, client: 203.0.113.77, …` writes lines of the client's choice, which look like any other. What
 * gives them away is the end of the record, where the request stands as it was sent, or which was
 * cut off because the record grew too long. The lines up to 2,048 bytes before such an end are not
 * trusted, and neither are those up to 2,048 bytes behind the beginning of a record with a request
 * that does not end, or with an application's own words (PHP's standard error, Lua). So a line of
 * nginx's is handed on once as much has come after it. A client can hide what it did around such a
 * line by writing it; the access log, where nginx escapes line feeds, still tells it. Behind
 * headers of syslog or the journal it is the same: each line of a record gets one.
 */
export class SplitRecords {
  readonly #held: HeldLine[] = []
  /** Epoch milliseconds. */
  #readAt = 0

  /** @param saved what an earlier one saved, for the lines that follow */
  constructor(saved?: unknown) {
    if (saved === undefined || saved === null) return
    const { readAt, held } = savedSchema().parse(saved)
    this.#readAt = readAt
    for (const { text, line, isTrusted } of held) this.#held.push({ ...heldLine(text, line), isTrusted })
  }

  /**
   * Takes the next line, and returns those that can be judged now, in order.
   *
   * @param readAt epoch milliseconds: now
   */
  add(text: string, line: number, readAt = 0): JudgedLine[] {
    this.#readAt = readAt
    const last = heldLine(text, line)
    if (this.#held.length === 0 && !RECORD.test(last.body)) return [last]
    const isInside = this.#held.some(({ mayGoOn }) => mayGoOn)
    this.#held.push(last)
    const suspects = linesOfNginx(this.#held)
    if (isInside && suspects.includes(last)) last.isTrusted = false
    // One that is as long as a record can be is a record of its own.
    if (fewestBytes(last.body) < LONGEST_RECORD && mayEndSplitRecord(last.body))
      for (const suspect of suspects) suspect.isTrusted = false
    return this.#held.splice(0, settled(this.#held))
  }

  /**
   * Nothing that is still to come was written before `at`: nginx writes a record in one go, so what
   * was read before is whole.
   */
  advance(at: number): JudgedLine[] {
    return this.#readAt <= at ? this.end() : []
  }

  /** The log is over: the lines that are left. */
  end(): JudgedLine[] {
    return this.#held.splice(0)
  }

  save(): unknown {
    return {
      readAt: this.#readAt,
      held: this.#held.map(({ text, line, isTrusted }) => ({ text, line, isTrusted })),
    }
  }
}

function heldLine(text: string, line: number): HeldLine {
  const headed = readHeader(text)
  return { ...headed, text, line, mayGoOn: mayGoOn(headed.body), isTrusted: true }
}

/**
 * The same lines, with {@link NOT_TRUSTED} in front of each that {@link SplitRecords} do not trust.
 */
export async function* distrustSplitRecords(lines: AsyncIterable<string>): AsyncGenerator<string> {
  const records = new SplitRecords()
  let line = 0
  for await (const text of lines) {
    line += 1
    for (const judged of records.add(text, line)) yield told(judged)
  }
  for (const judged of records.end()) yield told(judged)
}

/**
 * Those that may be nginx's. Where each line has a header, so has each line of a record, and other
 * programs' lines are theirs; where one has none, a client may have written the headers of the
 * rest.
 */
function linesOfNginx(held: readonly HeldLine[]): readonly HeldLine[] {
  return held.some(({ header }) => header === 'none') ? held : held.filter(({ header }) => header === 'web server')
}

function told({ text, isTrusted }: JudgedLine): string {
  return isTrusted ? text : NOT_TRUSTED + text
}

/**
 * Of a line with its line feed, in the log: no text has fewer bytes than signs, whatever it was
 * decoded from.
 */
function fewestBytes({ length }: string): number {
  return length + 1
}

/** Whether the request in it had a line feed, or it was cut before that could be seen. */
function mayEndSplitRecord(text: string): boolean {
  const requests = requestsIn(text)
  if (requests.length === 0) return SYSTEM_ERROR.test(text)
  return requests.some((request) => request === undefined || ENCODED_LINE_END.test(request))
}

/** Whether it was left inside of somebody's words. */
function mayGoOn(text: string): boolean {
  if (OF_APPLICATION.test(text)) return true
  return RECORD.test(text) && fewestBytes(text) < LONGEST_RECORD && requestsIn(text).includes(undefined)
}

/**
 * What was asked for, behind each address that may be the peer's; `undefined` where that has no
 * end.
 */
function requestsIn(text: string): (string | undefined)[] {
  const [, ...behind] = text.split(PEER)
  return behind.map((tail) => {
    const match = BEHIND_PEER.exec(tail)
    return match === null ? undefined : (match.groups?.request ?? '')
  })
}

/** How many of the first lines no record can hold together with a line that is still to come. */
function settled(held: readonly HeldLine[]): number {
  if (!held.some(({ body }) => RECORD.test(body))) return held.length
  let bytes = 0
  return (
    held.findLastIndex((line) => {
      bytes += fewestBytes(line.body)
      return bytes >= LONGEST_RECORD
    }) + 1
  )
}
