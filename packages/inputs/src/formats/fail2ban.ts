import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { shortText } from '../attacks/attack.js'
import { epochOf } from '../logs/local-time.js'
import type { InputFormat, ReadContext, Reading } from './format.js'

/**
 * Bans of fail2ban, each of which is a signal: the jail has counted. Two forms: its log
 * (`/var/log/fail2ban.log`), and what an action knows, a line a ban:
 * `ip=<ip> jail=<name> time=<time> failures=<failures> restored=<restored>`.
 *
 * Bans that a restart restores are old news, and no signal; bans of `recidive` are bans of bans.
 */
export const fail2ban: InputFormat = {
  attacks: {},
  open: (context) => ({ read: (line) => readLine(line, context) }),
}

/** A jail by the name that fail2ban ships it with, or one that begins so. */
const SCENARIOS: readonly (readonly [jail: RegExp, scenario: string])[] = [
  [/^(?:sshd|ssh|dropbear|selinux-ssh)\b/, 'crowdsecurity/ssh-bf'],
  [/^vsftpd\b/, 'crowdsecurity/vsftpd-bf'],
  [/^(?:proftpd|pure-ftpd|wuftpd|gssftpd)\b/, 'crowdsecurity/proftpd-bf'],
  [
    /^(?:dovecot|postfix|exim|sendmail|cyrus|courier|sieve|squirrelmail|roundcube|sogo|solid-pop3d)\b/,
    'hitech95/mail-generic-bf',
  ],
  [/(?:badbots|bad-?bots|botsearch)\b/, 'crowdsecurity/http-bad-user-agent'],
  [
    /^(?:apache-noscript|apache-overflows|apache-nohome|apache-fakegooglebot|php-url-fopen)\b/,
    'crowdsecurity/http-probing',
  ],
  [/^(?:nginx|apache|lighttpd|traefik|caddy|haproxy)[\w-]*auth\b/, 'crowdsecurity/http-generic-bf'],
  [/^mysqld?\b/, 'crowdsecurity/mysql-bf'],
  [/^asterisk\b/, 'crowdsecurity/asterisk_bf'],
  [/^nextcloud\b/, 'crowdsecurity/nextcloud-bf'],
  [/^wordpress\b|^wp-/, 'crowdsecurity/http-bf-wordpress_bf'],
]
/** Of any other jail: the name says what it is, and the map of scenarios what to call it. */
const OTHER = 'cscapi/fail2ban-ban'

const banSchema = lazily(() =>
  z.object({
    ip: z.string().min(1),
    jail: z.string().min(1),
    time: z
      .string()
      .regex(/^\d{9,11}(?:\.\d+)?$/)
      .transform((seconds) => Math.floor(Number(seconds) * 1_000)),
    failures: z.coerce.number().int().min(1).catch(1),
    restored: z.enum(['0', '1']).catch('0'),
  }),
)

const LOGGED =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2}) (?<time>\d{2}:\d{2}:\d{2}[.,]\d{3}) fail2ban\.actions +\[\d+\]: NOTICE +\[(?<jail>[^\]\s]+)\] (?<what>Restore Ban|Ban) (?<ip>\S+)$/

function readLine(line: string, { utc }: ReadContext): readonly Reading[] | undefined {
  const logged = LOGGED.exec(line)?.groups
  if (logged !== undefined) {
    const { year = '', month = '', day = '', time = '', jail = '', what, ip = '' } = logged
    const at = epochOf({ year, month, day, time }, { utc })
    if (at === undefined) return [{ refused: 'its time is none' }]
    return what === 'Ban' ? signalOf({ ip, jail, at, failures: 1 }) : []
  }
  if (!/^ip=/.test(line)) return undefined
  const fields = line.trim().split(/ +/).map(pair)
  // An action that writes a name of a client's, too, would let that choose the address.
  const again = fields.map(([name]) => name).find((name, at, names) => names.indexOf(name) !== at)
  if (again !== undefined) return [{ refused: `it is no ban: the field ${shortText(again)} is there more than once` }]
  const parsed = banSchema().safeParse(Object.fromEntries(fields))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return [{ refused: `it is no ban: ${String(issue?.path[0])} is missing or wrong` }]
  }
  const { time, restored, ...ban } = parsed.data
  return restored === '1' ? [] : signalOf({ ...ban, at: time })
}

function pair(field: string): [string, string] {
  const at = field.indexOf('=')
  return [field.slice(0, at), field.slice(at + 1)]
}

interface Ban {
  readonly ip: string
  readonly jail: string
  readonly at: number
  readonly failures: number
}

function signalOf({ ip, jail, at, failures }: Ban): readonly Reading[] {
  if (/^recidive\b/.test(jail)) return []
  const scenario = SCENARIOS.find(([name]) => name.test(jail))?.[1] ?? OTHER
  return [
    {
      whole: {
        ...{ scenario, address: ip, startAt: at, stopAt: at, events: failures },
        // As often as fail2ban bans again to repair a firewall, it is the same ban.
        identity: JSON.stringify([jail, ip, at]),
        details: { service: jail },
      },
    },
  ]
}
