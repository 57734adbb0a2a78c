import type { TimeContext } from '../../logs/time-context.js'
import { readApacheFrame } from '../../logs/web/apache-error-log.js'
import { readNginxFrame } from '../../logs/web/nginx-error-log.js'
import { readRuleText } from './rule-message.js'
import type { Transaction } from './transaction.js'

const RULE =
  /^(?:\[client (?<address>[0-9a-fA-F.:]+)\] )?(?<rule>ModSecurity: (?:Warning\.|Access denied with code \d+) .*)$/s
const UNIQUE_ID = /\[unique_id "(?<id>[\w@.-]{1,64})"\]/

/**
 * Reads a rule's message in the error log of Apache, where the peer stands in front, or of nginx,
 * where it stands behind what the client sent.
 */
export function readErrorLine(line: string, context: TimeContext): Transaction | undefined {
  const { address, at, message } = readApacheFrame(line, context) ?? readNginxFrame(line, context) ?? {}
  const found = RULE.exec(message ?? '')?.groups
  const peer = address ?? found?.address
  if (found?.rule === undefined || peer === undefined) return undefined
  const id = UNIQUE_ID.exec(found.rule.slice(found.rule.lastIndexOf('[unique_id "')))?.groups?.id
  return { address: peer, at, messages: [readRuleText(found.rule)], id }
}
