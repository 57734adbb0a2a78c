import { withoutQuery } from '../details.js'
import type { ReadContext, Reading } from '../format.js'
import { type RuleMessage, verdictOf } from './rule-message.js'

/** One request, and what the rules said of it. */
export interface Transaction {
  /** The peer that the web server saw. */
  readonly address: string
  /** Epoch milliseconds; `undefined` where the record has no time that is one. */
  readonly at: number | undefined
  readonly method?: string | undefined
  readonly uri?: string | undefined
  readonly messages: readonly RuleMessage[]
  /** Its id at the server, where several records tell of it. */
  readonly id?: string | undefined
  readonly line?: number
}

export function readingsOf(transaction: Transaction, { include }: ReadContext): readonly Reading[] {
  const { address, at, method, uri, messages, id, line } = transaction
  const verdict = verdictOf(messages)
  const where = line === undefined ? {} : { line }
  if (verdict === undefined) return []
  if (verdict === 'ambiguous') return [{ refused: 'its rule messages can be read in two ways', ...where }]
  if (at === undefined) return [{ refused: 'its time is none', ...where }]
  const [first] = messages.filter(({ isCritical }) => isCritical)
  return [
    {
      event: {
        ...{ attack: verdict, address, at, ...where },
        ...(id !== undefined && { distinct: id }),
        details: {
          rules: first?.id,
          msg: first?.msg,
          method,
          target_uri: uri === undefined ? undefined : withoutQuery(uri, include),
        },
      },
    },
  ]
}
