import type { LogEvent } from '@cscapi/inputs'

/** A behaviour, and how much of it makes an attack. */
export interface DetectorRule {
  /** A scenario of the CrowdSec hub that means the same. */
  readonly scenario: string
  /** Which events count; all that is given must fit. */
  readonly on: EventPattern
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
  readonly distinct?: boolean
}

interface EventPattern {
  readonly kind: LogEvent['kind']
  readonly target?: RegExp
  readonly exceptTarget?: RegExp
  readonly status?: readonly number[]
}

const MINUTE_MS = 60_000
const FIVE_A_MINUTE = { events: 5, withinMs: MINUTE_MS } as const

const LOGIN_POST = /^POST \S*(wp-login|xmlrpc)\.php/i
/** Files that nobody asks for who means well. */
export const SENSITIVE =
  /\/\.(env|git|svn|cvs|bash|ssh|aws|htpasswd|htaccess|DS_Store|config|cache|forward|mysql_history|history|npmrc)|\/(wp-config|id_rsa|backup|dump)\b/i
const XSS = /<|%3c|prompt\(|alert\(|onerror=|javascript:/i
const ADMIN = /\/(phpmyadmin|pma|administrator|adminer|\+cscoe\+)/i
/** A page with missing pictures is a nuisance, not an attack. */
const STATIC = /^\S+ [^?]*\.(css|js|map|png|jpe?g|gif|ico|svg|webp|woff2?|ttf|eot)(\?|$)/i
const MISSED = [400, 403, 404]

/** The first detector that an event fits takes it. */
const DETECTORS: readonly DetectorRule[] = [
  {
    scenario: 'crowdsecurity/ssh-bf',
    on: { kind: 'ssh-login' },
    ...FIVE_A_MINUTE,
    slow: { scenario: 'crowdsecurity/ssh-slow-bf', events: 10 },
  },
  { scenario: 'lepresidente/ssh-bad-keyexchange-bf', on: { kind: 'ssh-negotiation' }, ...FIVE_A_MINUTE },
  {
    scenario: 'crowdsecurity/ssh-cve-2024-6387',
    on: { kind: 'ssh-broken-off' },
    events: 4,
    withinMs: 2 * MINUTE_MS,
  },
  { scenario: 'crowdsecurity/ssh-refused-conn', on: { kind: 'ssh-refused' }, ...FIVE_A_MINUTE },
  {
    scenario: 'crowdsecurity/endlessh-bf',
    on: { kind: 'tarpit-connection' },
    events: 5,
    withinMs: 15 * MINUTE_MS,
  },
  { scenario: 'thespad/sshesame-bf', on: { kind: 'honeypot-login' }, events: 4, withinMs: 15 * MINUTE_MS },
  { scenario: 'thespad/sshesame-cmd', on: { kind: 'honeypot-command' }, events: 1, withinMs: MINUTE_MS },
  {
    scenario: 'crowdsecurity/http-bf-wordpress_bf',
    on: { kind: 'http-request', target: LOGIN_POST },
    ...FIVE_A_MINUTE,
  },
  { scenario: 'crowdsecurity/http-generic-bf', on: { kind: 'http-login' }, ...FIVE_A_MINUTE },
  {
    scenario: 'LePresidente/http-generic-401-bf',
    on: { kind: 'http-request', target: /^POST /, status: [401] },
    ...FIVE_A_MINUTE,
  },
  {
    scenario: 'crowdsecurity/http-sensitive-files',
    on: { kind: 'http-request', target: SENSITIVE },
    events: 4,
    withinMs: MINUTE_MS,
    distinct: true,
  },
  {
    scenario: 'crowdsecurity/http-xss-probbing',
    on: { kind: 'http-request', target: XSS },
    events: 4,
    withinMs: MINUTE_MS,
    distinct: true,
  },
  {
    scenario: 'crowdsecurity/http-admin-interface-probing',
    on: { kind: 'http-request', target: ADMIN, status: MISSED },
    events: 3,
    withinMs: MINUTE_MS,
    distinct: true,
  },
  {
    scenario: 'crowdsecurity/http-probing',
    on: { kind: 'http-request', exceptTarget: STATIC, status: MISSED },
    events: 8,
    withinMs: MINUTE_MS,
    distinct: true,
  },
]

/** Every scenario that a signal of ours can bear. */
export const SCENARIOS: readonly string[] = DETECTORS.flatMap(({ scenario, slow }) =>
  slow === undefined ? [scenario] : [scenario, slow.scenario],
)

/** The detector that an event is for. */
export function detectorOf({ kind, target, status }: LogEvent): DetectorRule | undefined {
  return DETECTORS.find(
    ({ on }) =>
      on.kind === kind &&
      (on.target?.test(target) ?? true) &&
      !on.exceptTarget?.test(target) &&
      (on.status === undefined || (status !== undefined && on.status.includes(status))),
  )
}
