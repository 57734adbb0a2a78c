import { type AttackRule, type Bucket, ONE_EVENT } from '../../attacks/attack-rule.js'

/** As the hub counts logins of most services. */
const LOGINS: Bucket = { capacity: 5, leakMs: 10_000 }

/** What an address did, by the name that its events bear. */
export const wazuhAttacks = {
  'ssh-login': {
    scenario: 'crowdsecurity/ssh-bf',
    ...LOGINS,
    slow: { scenario: 'crowdsecurity/ssh-slow-bf', capacity: 10, leakMs: 60_000 },
  },
  'telnet-login': { scenario: 'crowdsecurity/telnet-bf', ...LOGINS },
  'vsftpd-login': { scenario: 'crowdsecurity/vsftpd-bf', ...LOGINS },
  'proftpd-login': { scenario: 'crowdsecurity/proftpd-bf', ...LOGINS },
  'mail-login': { scenario: 'hitech95/mail-generic-bf', ...LOGINS },
  'windows-login': { scenario: 'crowdsecurity/windows-bf', ...LOGINS },
  'smb-login': { scenario: 'crowdsecurity/smb-bf', ...LOGINS },
  'mysql-login': { scenario: 'crowdsecurity/mysql-bf', ...LOGINS },
  'postgres-login': { scenario: 'crowdsecurity/pgsql-bf', ...LOGINS },
  'sip-login': { scenario: 'crowdsecurity/asterisk_bf', ...LOGINS },
  'http-login': { scenario: 'crowdsecurity/http-generic-bf', ...LOGINS },
  login: { scenario: 'cscapi/wazuh-login-bf', ...LOGINS },
  sqli: { scenario: 'crowdsecurity/http-sqli-probing', ...ONE_EVENT },
  xss: { scenario: 'crowdsecurity/http-xss-probing', ...ONE_EVENT },
  'web-attack': { scenario: 'crowdsecurity/http-path-traversal-probing', ...ONE_EVENT },
  'web-probing': { scenario: 'crowdsecurity/http-probing', capacity: 10, leakMs: 10_000, distinct: true },
  attack: { scenario: 'cscapi/wazuh-attack', ...ONE_EVENT },
} satisfies Record<string, AttackRule>

export type WazuhAttack = keyof typeof wazuhAttacks

const LOGIN_GROUPS = new Set([
  'authentication_failed',
  'authentication_failures',
  'invalid_login',
  'win_authentication_failed',
])

/** Services by one of the groups of their rules; the first that is there counts. */
const SERVICES: readonly (readonly [group: string, attack: WazuhAttack])[] = [
  ['sshd', 'ssh-login'],
  ['dropbear', 'ssh-login'],
  ['telnetd', 'telnet-login'],
  ['vsftpd', 'vsftpd-login'],
  ['proftpd', 'proftpd-login'],
  ['pure-ftpd', 'proftpd-login'],
  ['dovecot', 'mail-login'],
  ['postfix', 'mail-login'],
  ['courier', 'mail-login'],
  ['vpopmail', 'mail-login'],
  ['sendmail', 'mail-login'],
  ['exim', 'mail-login'],
  ['smbd', 'smb-login'],
  ['windows', 'windows-login'],
  ['mysql_log', 'mysql-login'],
  ['postgresql_log', 'postgres-login'],
  ['asterisk', 'sip-login'],
  ['web', 'http-login'],
  ['apache', 'http-login'],
  ['nginx', 'http-login'],
]

/** What the manager does or finds on its own hosts, and what is no failure. */
const NO_ATTACK = new Set([
  ...['syscheck', 'rootcheck', 'sca', 'vulnerability-detector', 'ossec', 'active_response'],
  'authentication_success',
])

/** Says what a rule tells of, by its groups; `undefined` for none of an attacker's doing. */
export function attackOf(groups: readonly string[], level: number): WazuhAttack | undefined {
  if (groups.some((group) => NO_ATTACK.has(group))) return undefined
  if (groups.some((group) => LOGIN_GROUPS.has(group))) {
    return SERVICES.find(([group]) => groups.includes(group))?.[1] ?? 'login'
  }
  const isWeb = ['web', 'accesslog', 'web_scan'].some((group) => groups.includes(group))
  if (groups.some((group) => /^sql_?injection$/.test(group))) return 'sqli'
  if (groups.some((group) => /^(?:xss|cross_site_scripting)$/.test(group))) return 'xss'
  const isAttack = groups.some((group) => group === 'attack' || group === 'attacks')
  if (isWeb) return isAttack ? 'web-attack' : 'web-probing'
  return isAttack || level >= WORST ? 'attack' : undefined
}

/** From this level on a rule has counted itself, and tells of an attack. */
export const WORST = 10
