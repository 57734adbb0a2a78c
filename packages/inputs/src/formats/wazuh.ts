import { lazily, parseTimestamp } from '@cscapi/signals'
import * as z from 'zod'
import { withoutQuery } from './details.js'
import type { InputFormat, ReadContext, Reading } from './format.js'
import { readJsonRecord, text, texts } from './json-record.js'
import { attackOf, type WazuhAttack, WORST, wazuhAttacks } from './wazuh/rule-groups.js'

/**
 * Alerts of Wazuh (`alerts.json`) that name the peer of an attack. A rule that counted itself
 * (level 10 and more) is a signal; single failures are counted as the hub counts them.
 */
export const wazuh: InputFormat = {
  longestLine: 524_288,
  attacks: wazuhAttacks,
  open: (context) => ({ read: (line) => readLine(line, context) }),
}

const part = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape).optional().catch(undefined)

const alertSchema = lazily(() =>
  z.object({
    timestamp: text(),
    id: text(),
    rule: z.object({
      id: text(),
      level: z.number(),
      description: text(),
      frequency: z.int().min(1).optional().catch(undefined),
      groups: texts(),
    }),
    manager: part({ name: text() }),
    data: part({
      srcip: text(),
      src_ip: text(),
      dest_ip: text(),
      direction: text(),
      event_type: text(),
      srcuser: text(),
      dstuser: text(),
      url: text(),
      flow: part({ src_ip: text() }),
      alert: part({ source: part({ ip: text() }) }),
      httpRequest: part({ clientIp: text() }),
      aws: part({ httpRequest: part({ clientIp: text() }), sourceIPAddress: text(), source_ip_address: text() }),
      win: part({ eventdata: part({ ipAddress: text() }) }),
      office365: part({ ClientIP: text() }),
      transaction: part({ client_ip: text() }),
    }),
  }),
)
type WazuhAlert = z.output<ReturnType<typeof alertSchema>>

function readLine(line: string, context: ReadContext): readonly Reading[] | undefined {
  if (line.trim() === '') return undefined
  const alert = readJsonRecord(line, alertSchema())
  if (typeof alert === 'string') return [{ refused: alert }]
  const attack = attackOf(alert.rule.groups, alert.rule.level)
  const address = addressOf(alert.data)
  // Most alerts are of hosts themselves, and have none.
  if (attack === undefined || address === undefined) return []
  const at = parseTimestamp(alert.timestamp ?? '')?.ms
  if (at === undefined) return [{ refused: 'its timestamp is none' }]
  return [
    alert.rule.level >= WORST
      ? wholeAttack(alert, attack, address, at, context)
      : event(alert, attack, address, at, context),
  ]
}

/** Where decoders put the peer; never the text of a message. `-` and the like are nobody. */
function addressOf(data: WazuhAlert['data']): string | undefined {
  if (data === undefined) return undefined
  const { srcip, httpRequest, aws, win, office365, transaction } = data
  const found = [
    ...[srcip, initiatorOf(data), httpRequest?.clientIp, aws?.httpRequest?.clientIp, win?.eventdata?.ipAddress],
    ...[office365?.ClientIP, transaction?.client_ip],
  ].find((address) => address !== undefined && !['', '-', 'LOCAL'].includes(address))
  return found
}

/**
 * Of what Suricata found, `src_ip` is the sender of the packet that matched: it may be the victim.
 */
function initiatorOf({ event_type, direction, src_ip, dest_ip, flow, alert }: NonNullable<WazuhAlert['data']>) {
  if (event_type === undefined) return src_ip
  if (alert?.source?.ip !== undefined) return alert.source.ip
  return direction === 'to_client' ? (flow?.src_ip ?? dest_ip) : src_ip
}

function wholeAttack(
  alert: WazuhAlert,
  attack: WazuhAttack,
  address: string,
  at: number,
  context: ReadContext,
): Reading {
  const { id, manager, rule } = alert
  return {
    whole: {
      ...{ scenario: wazuhAttacks[attack].scenario, address, startAt: at, stopAt: at, events: rule.frequency ?? 1 },
      // The id is unique for its manager.
      identity: JSON.stringify([manager?.name, id ?? [rule.id, address, at]]),
      details: detailsOf(alert, context),
    },
  }
}

function event(alert: WazuhAlert, attack: WazuhAttack, address: string, at: number, context: ReadContext): Reading {
  const { url } = alert.data ?? {}
  const distinct = url === undefined ? {} : { distinct: url }
  return { event: { attack, address, at, ...distinct, details: detailsOf(alert, context) } }
}

function detailsOf({ rule, data }: WazuhAlert, { include }: ReadContext): Record<string, string> {
  const { url, dstuser, srcuser } = data ?? {}
  const user = include.has('users') ? (dstuser ?? srcuser) : undefined
  const uri = url === undefined ? undefined : withoutQuery(url, include)
  const details = { rules: rule.id, target_user: user, target_uri: uri }
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
