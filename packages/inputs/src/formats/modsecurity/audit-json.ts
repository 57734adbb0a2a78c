import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { apacheTime } from '../../logs/apache-time.js'
import { epochOf } from '../../logs/local-time.js'
import type { TimeContext } from '../../logs/time-context.js'
import { readJsonRecord, text, texts } from '../json-record.js'
import { type RuleMessage, readRuleText, ruleMessage } from './rule-message.js'
import type { Transaction } from './transaction.js'

const NO_DETAILS = { ruleId: '', severity: '', tags: [] }
const v3Message = lazily(() =>
  z.object({
    message: text(),
    details: z.object({ ruleId: text(), severity: text(), tags: texts() }).catch(NO_DETAILS),
  }),
)
const corazaMessage = lazily(() =>
  z.object({
    data: z.object({ id: text(), msg: text(), severity: text(), tags: texts() }),
  }),
)

/**
 * The records of ModSecurity 3 and 2 and of Coraza have the same outermost key, and others below.
 */
const recordSchema = lazily(() =>
  z.object({
    transaction: z.object({
      // ModSecurity 3.
      client_ip: text(),
      time_stamp: text(),
      messages: z
        .array(v3Message().catch({ details: NO_DETAILS }))
        .optional()
        .catch(undefined),
      request: z.object({ method: text(), uri: text() }).optional().catch(undefined),
      // Coraza: nanoseconds.
      unix_timestamp: z.number().optional().catch(undefined),
      // ModSecurity 2, and Coraza in its form.
      time: text(),
      timestamp: text(),
      remote_address: text(),
    }),
    messages: z.array(corazaMessage()).optional().catch(undefined),
    request: z.object({ request_line: text() }).optional().catch(undefined),
    audit_data: z.object({ messages: texts() }).optional().catch(undefined),
  }),
)
type AuditRecord = z.output<ReturnType<typeof recordSchema>>

/** Coraza in Caddy, whose log has its messages one a line. */
const caddySchema = lazily(() =>
  z.object({
    logger: z.literal('http.handlers.waf'),
    ts: z.number(),
    msg: z.string(),
  }),
)
const CADDY_MESSAGE = /^\[client "(?<address>[^"]*)"\] Coraza: (?<rule>.*)$/s

/** Reads a record of the audit log in JSON; or, as text, why it is none. */
export function readAuditJson(line: string, context: TimeContext): Transaction | string {
  const ofCaddy = readJsonRecord(line, caddySchema())
  if (typeof ofCaddy !== 'string') return caddyTransaction(ofCaddy)
  const record = readJsonRecord(line, recordSchema())
  return typeof record === 'string' ? record : transactionOf(record, context)
}

function transactionOf(record: AuditRecord, context: TimeContext): Transaction {
  const { transaction, request } = record
  const [method, uri] = request?.request_line?.split(' ') ?? []
  return {
    address: transaction.client_ip ?? transaction.remote_address ?? '',
    at: timeOf(transaction, context),
    method: transaction.request?.method ?? method,
    uri: transaction.request?.uri ?? uri,
    messages: messagesOf(record),
  }
}

function messagesOf({ transaction, messages = [], audit_data }: AuditRecord): RuleMessage[] {
  return [
    ...(transaction.messages ?? []).map(({ message, details }) =>
      ruleMessage({ id: details.ruleId, msg: message, severity: details.severity, tags: details.tags }),
    ),
    ...messages.map(({ data }) => ruleMessage(data)),
    ...(audit_data?.messages ?? []).map(readRuleText),
  ]
}

/** `Sat Nov 28 00:41:13 2026`, in the zone of the server. */
const C_TIME = /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) +(?<day>\d{1,2}) (?<time>[\d:]+) (?<year>\d{4})$/
/** `2026/11/28 00:41:13`, too. */
const SLASHED = /^(?<year>\d{4})\/(?<month>\d{2})\/(?<day>\d{2}) (?<time>[\d:]+)$/

function timeOf(transaction: AuditRecord['transaction'], context: TimeContext): number | undefined {
  const { unix_timestamp, time, time_stamp, timestamp } = transaction
  if (unix_timestamp !== undefined) return Math.floor(unix_timestamp / 1_000_000)
  const zoned = apacheTime(time ?? timestamp ?? '')
  if (zoned !== undefined) return zoned
  const found = C_TIME.exec(time_stamp ?? '')?.groups ?? SLASHED.exec(timestamp ?? '')?.groups
  if (found === undefined) return undefined
  const { year = '', month = '', day = '', time: clock = '' } = found
  return epochOf({ year, month, day, time: clock }, context)
}

function caddyTransaction({ ts, msg }: z.output<ReturnType<typeof caddySchema>>): Transaction {
  const { address = '', rule = '' } = CADDY_MESSAGE.exec(msg)?.groups ?? {}
  const id = /\[unique_id "([^"]*)"\]/.exec(rule)?.[1]
  return { address, at: Math.floor(ts * 1_000), messages: [readRuleText(rule)], id }
}
