import { lazily, parseTimestamp } from '@cscapi/signals'
import * as z from 'zod'
import { ONE_EVENT } from '../attacks/attack-rule.js'
import { withoutQuery } from './details.js'
import type { InputFormat, ReadContext, Reading } from './format.js'
import { readJsonRecord, text, texts } from './json-record.js'

const recordSchema = lazily(() =>
  z.object({
    event_type: z.string(),
    timestamp: text(),
    src_ip: text(),
    dest_ip: text(),
    dest_port: text(),
    proto: text(),
    direction: text(),
    alert: z
      .object({
        gid: z.number().catch(1),
        signature_id: z.number().catch(0),
        signature: z.string().catch(''),
        severity: z.number().catch(4),
        source: z.object({ ip: text() }).optional().catch(undefined),
        metadata: z.object({ attack_target: texts(), cve: texts() }).catch({ attack_target: [], cve: [] }),
      })
      .optional(),
    flow: z.object({ src_ip: text() }).optional().catch(undefined),
    http: z.object({ url: text(), http_user_agent: text(), http_method: text() }).optional().catch(undefined),
  }),
)
type EveRecord = z.output<ReturnType<typeof recordSchema>>
type Alert = NonNullable<EveRecord['alert']>

/** Suricata's own findings about the traffic, of the engine and no attack. */
const OF_THE_ENGINE = { from: 2_200_000, to: 2_299_999 }
/** Lists of addresses, which are somebody's reports already. */
const REPUTATION = /^ET(?:PRO)? (?:DROP|CINS|COMPROMISED|TOR|BLOCK_LIST|3CORESEC|RBN)\b/
/** What the operator's own host does or suffers as a client. */
const OWN_INFECTION = /^ET(?:PRO)? (?:MALWARE|TROJAN|ATTACK_RESPONSE|MOBILE_MALWARE|CURRENT_EVENTS|PHISHING)\b/

/** Alerts of the two worst severities over TCP in Suricata’s EVE log. */
export const suricata: InputFormat = {
  longestLine: 524_288,
  attacks: {
    severe: { scenario: 'crowdsecurity/suricata-major-severity', ...ONE_EVENT },
    // Three different signatures.
    notable: {
      scenario: 'crowdsecurity/suricata-high-medium-severity',
      capacity: 2,
      leakMs: 20_000,
      distinct: true,
    },
  },
  open: (context) => ({ read: (line) => readLine(line, context) }),
}

function readLine(line: string, context: ReadContext): readonly Reading[] | undefined {
  if (line === '') return undefined
  const record = readJsonRecord(line, recordSchema())
  if (typeof record === 'string') return [{ refused: record }]
  const { alert, timestamp = '', dest_port } = record
  if (record.event_type !== 'alert' || alert === undefined) return []
  if (!provesAttack(record, alert)) return []
  const address = initiatorOf(record, alert)
  const at = parseTimestamp(timestamp)?.ms
  if (at === undefined) return [{ refused: 'its timestamp is none' }]
  const { url, http_user_agent, http_method } = record.http ?? {}
  return [
    {
      event: {
        attack: alert.severity === 1 ? 'severe' : 'notable',
        ...{ address, at, distinct: String(alert.signature_id) },
        details: {
          alert_signature: alert.signature,
          cve: alert.metadata.cve[0]?.replaceAll('_', '-'),
          dst_port: dest_port === undefined ? undefined : `tcp:${dest_port}`,
          target_uri: url === undefined ? undefined : withoutQuery(url, context.include),
          ...{ user_agent: http_user_agent, method: http_method },
        },
      },
    },
  ]
}

/** A single packet of UDP or ICMP bears any address. */
function provesAttack({ proto = '' }: EveRecord, { severity, gid, signature_id, signature, metadata }: Alert): boolean {
  if (proto.toUpperCase() !== 'TCP' || (severity !== 1 && severity !== 2)) return false
  if (gid === 1 && signature_id >= OF_THE_ENGINE.from && signature_id <= OF_THE_ENGINE.to) return false
  if (REPUTATION.test(signature) || OWN_INFECTION.test(signature)) return false
  return !metadata.attack_target.some((target) => target.startsWith('Client'))
}

/**
 * Who opened the connection: `src_ip` is the sender of the packet that matched, and an answer of
 * the victim matches, too.
 */
function initiatorOf({ direction, src_ip = '', dest_ip, flow }: EveRecord, { source }: Alert): string {
  if (source?.ip !== undefined) return source.ip
  return direction === 'to_client' ? (flow?.src_ip ?? dest_ip ?? '') : src_ip
}
