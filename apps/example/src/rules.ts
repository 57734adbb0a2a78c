import type { LogEvent } from '@cscapi/inputs'

/** A behaviour, and how much of it makes an attack. */
export interface Rule {
  /** A scenario of the CrowdSec hub that means the same. */
  readonly scenario: string
  readonly matches: (event: LogEvent) => boolean
  /**
   * So many events within `withinMs` make an attack; quiet for longer than that, and it is over.
   */
  readonly events: number
  readonly withinMs: number
  /**
   * So many events without such a pause make an attack of another scenario, if they were never that
   * dense.
   */
  readonly slow?: { readonly scenario: string; readonly events: number }
  /** Count different targets only. */
  readonly distinct: boolean
}

const MINUTE_MS = 60_000
const FIVE_A_MINUTE = { events: 5, withinMs: MINUTE_MS, distinct: false } as const

const SENSITIVE =
  /\/\.(env|git|svn|cvs|bash|ssh|aws|htpasswd|htaccess|DS_Store|config|cache|forward|mysql_history|history|npmrc)|\/(wp-config|id_rsa|backup|dump)\b/i
const XSS = /<|%3c|prompt\(|alert\(|onerror=|javascript:/i
const ADMIN = /\/(phpmyadmin|pma|administrator|adminer|\+cscoe\+)/i
/** A page with missing pictures is a nuisance, not an attack. */
const STATIC = /^\S+ [^?]*\.(css|js|map|png|jpe?g|gif|ico|svg|webp|woff2?|ttf|eot)(\?|$)/i

/** The first rule that matches an event takes it. */
export const RULES: readonly Rule[] = [
  {
    scenario: 'crowdsecurity/ssh-bf',
    matches: isOf('ssh-login'),
    ...FIVE_A_MINUTE,
    slow: { scenario: 'crowdsecurity/ssh-slow-bf', events: 10 },
  },
  {
    scenario: 'lepresidente/ssh-bad-keyexchange-bf',
    matches: isOf('ssh-negotiation'),
    ...FIVE_A_MINUTE,
  },
  {
    scenario: 'crowdsecurity/ssh-cve-2024-6387',
    matches: isOf('ssh-broken-off'),
    events: 4,
    withinMs: 2 * MINUTE_MS,
    distinct: false,
  },
  { scenario: 'crowdsecurity/ssh-refused-conn', matches: isOf('ssh-refused'), ...FIVE_A_MINUTE },
  {
    scenario: 'crowdsecurity/endlessh-bf',
    matches: isOf('tarpit-connection'),
    events: 5,
    withinMs: 15 * MINUTE_MS,
    distinct: false,
  },
  {
    scenario: 'thespad/sshesame-bf',
    matches: isOf('honeypot-login'),
    events: 4,
    withinMs: 15 * MINUTE_MS,
    distinct: false,
  },
  {
    scenario: 'thespad/sshesame-cmd',
    matches: isOf('honeypot-command'),
    events: 1,
    withinMs: MINUTE_MS,
    distinct: false,
  },
  { scenario: 'crowdsecurity/http-bf-wordpress_bf', matches: isLoginPost, ...FIVE_A_MINUTE },
  { scenario: 'crowdsecurity/http-generic-bf', matches: isOf('http-login'), ...FIVE_A_MINUTE },
  { scenario: 'LePresidente/http-generic-401-bf', matches: isRefusedPost, ...FIVE_A_MINUTE },
  {
    scenario: 'crowdsecurity/http-sensitive-files',
    matches: isRequestFor(SENSITIVE),
    events: 4,
    withinMs: MINUTE_MS,
    distinct: true,
  },
  {
    scenario: 'crowdsecurity/http-xss-probbing',
    matches: isRequestFor(XSS),
    events: 4,
    withinMs: MINUTE_MS,
    distinct: true,
  },
  {
    scenario: 'crowdsecurity/http-admin-interface-probing',
    matches: (event) => isRequestFor(ADMIN)(event) && isMiss(event),
    events: 3,
    withinMs: MINUTE_MS,
    distinct: true,
  },
  {
    scenario: 'crowdsecurity/http-probing',
    matches: (event) => isMiss(event) && !STATIC.test(event.target),
    events: 8,
    withinMs: MINUTE_MS,
    distinct: true,
  },
]

/** Every scenario that a signal of ours can bear. */
export const SCENARIOS: readonly string[] = RULES.flatMap(({ scenario, slow }) =>
  slow === undefined ? [scenario] : [scenario, slow.scenario],
)

function isOf(kind: LogEvent['kind']): (event: LogEvent) => boolean {
  return (event) => event.kind === kind
}

function isRequestFor(pattern: RegExp): (event: LogEvent) => boolean {
  return ({ kind, target }) => kind === 'http-request' && pattern.test(target)
}

function isLoginPost({ kind, target }: LogEvent): boolean {
  return kind === 'http-request' && /^POST \S*(wp-login|xmlrpc)\.php/i.test(target)
}

function isRefusedPost({ kind, target, status }: LogEvent): boolean {
  return kind === 'http-request' && status === 401 && target.startsWith('POST ')
}

function isMiss({ kind, status }: LogEvent): boolean {
  return kind === 'http-request' && (status === 400 || status === 403 || status === 404)
}
