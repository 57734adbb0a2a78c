import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { ownCopy } from '../../lines/own-copy.js'
import { apacheTime } from '../../logs/apache-time.js'
import { readRuleText } from './rule-message.js'
import type { Transaction } from './transaction.js'

const BOUNDARY = /^--(?<id>-?[0-9A-Za-z]{8,10}-{0,2})-(?<part>[A-Z])--$/
const HEAD = /^\[(?<time>[^\]]*)\] \S+ (?<address>[0-9a-fA-F.:]+) \d+ \S+ \d+$/
const RULE = /^(?:ModSecurity|Message|Coraza): /
const MOST_MESSAGES = 100
/** No request is so long that it still goes on behind this, in UTF-16 units: its end is missing. */
const LONGEST = 16_777_216

const messageSchema = lazily(() =>
  z.object({
    id: z.string(),
    msg: z.string(),
    isCritical: z.boolean(),
    isParanoid: z.boolean(),
    isAmbiguous: z.boolean().exactOptional(),
  }),
)
const openSchema = lazily(() =>
  z.object({
    boundary: z.string(),
    part: z.string(),
    size: z.number(),
    line: z.number(),
    address: z.string(),
    at: z.number().optional(),
    request: z.string(),
    messages: z.array(messageSchema()),
  }),
)

/** A transaction of which the end was not read yet. */
type Open = z.output<ReturnType<typeof openSchema>>

/**
 * Puts the parts A to Z of the native audit log together. The request and its body stand there as
 * the client sent them, and may look like another transaction: until the end of one, only lines
 * with its own boundary count, which nobody knows before.
 */
export class SerialAudit {
  #open: Open | undefined

  constructor(saved: unknown) {
    this.#open = saved === undefined || saved === null ? undefined : openSchema().parse(saved)
  }

  /**
   * Gives a whole transaction, or why one is none; `'inside'` of one; `undefined` for what is no
   * part of any.
   */
  read(line: string, number: number): Transaction | { readonly refused: string; line: number } | 'inside' | undefined {
    const { id, part } = BOUNDARY.exec(line)?.groups ?? {}
    const open = this.#open
    if (open === undefined) {
      if (id === undefined || part !== 'A') return undefined
      this.#open = {
        ...{ boundary: ownCopy(id), part, size: 0, line: number },
        ...{ address: '', request: '', messages: [] },
      }
      return 'inside'
    }
    open.size += line.length + 1
    if (open.size > LONGEST) {
      this.#open = undefined
      return { refused: 'the transaction that begins here has no end', line: open.line }
    }
    if (id !== open.boundary || part === undefined) addLine(open, line)
    else if (part === 'Z') return this.#end(open)
    else open.part = part
    return 'inside'
  }

  /** The input ends inside of a transaction. */
  get cutAt(): number | undefined {
    return this.#open?.line
  }

  save(): unknown {
    return this.#open ?? null
  }

  #end({ address, at, request, messages, line }: Open): Transaction {
    this.#open = undefined
    const [method, uri] = request.split(' ')
    return { address, at, method, uri, messages, line }
  }
}

function addLine(open: Open, line: string): void {
  if (open.part === 'A' && open.address === '') {
    const { time = '', address = '' } = HEAD.exec(line)?.groups ?? {}
    open.address = ownCopy(address)
    open.at = apacheTime(time)
  } else if (open.part === 'B' && open.request === '') open.request = ownCopy(line, 1_000)
  else if (open.part === 'H' && RULE.test(line) && open.messages.length < MOST_MESSAGES) {
    const { id, msg, ...rest } = readRuleText(line)
    open.messages.push({ id: ownCopy(id), msg: ownCopy(msg), ...rest })
  }
}
