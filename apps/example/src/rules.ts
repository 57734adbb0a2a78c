import type { LogEvent } from './log-event.js'

/** A behaviour, and how much of it makes an attack. */
export interface Rule {
  /** A scenario of the CrowdSec hub that means the same. */
  readonly scenario: string
  /** Which of the two machines reports it. */
  readonly sensor: 'ssh' | 'web'
  readonly matches: (event: LogEvent) => boolean
  /** So many events, each at most `withinMs` after the one before. */
  readonly events: number
  readonly withinMs: number
  /** Count different targets only. */
  readonly distinct: boolean
}

const MINUTE_MS = 60_000

const SENSITIVE =
  /\/\.(env|git|svn|cvs|bash|ssh|aws|htpasswd|htaccess|DS_Store|config|cache|forward|mysql_history|history|npmrc)|\/(wp-config|id_rsa|backup|dump)\b/i
const XSS = /<|%3c|prompt\(|alert\(|onerror=|javascript:/i

const isLoginPost = (event: LogEvent) =>
  event.kind === 'http-request' && /^POST \S*(wp-login|xmlrpc)\.php/i.test(event.target)
const isRefused = (event: LogEvent) => event.kind === 'http-request' && event.status === 401

/** The first rule that matches an event takes it. */
export const RULES: readonly Rule[] = [
  {
    scenario: 'crowdsecurity/ssh-bf',
    sensor: 'ssh',
    matches: ({ kind }) => kind === 'ssh-login',
    events: 5,
    withinMs: MINUTE_MS,
    distinct: false,
  },
  {
    scenario: 'crowdsecurity/ssh-refused-conn',
    sensor: 'ssh',
    matches: ({ kind }) => kind === 'ssh-negotiation',
    events: 5,
    withinMs: MINUTE_MS,
    distinct: false,
  },
  {
    scenario: 'crowdsecurity/http-bf-wordpress_bf',
    sensor: 'web',
    matches: isLoginPost,
    events: 5,
    withinMs: MINUTE_MS,
    distinct: false,
  },
  {
    scenario: 'crowdsecurity/http-generic-bf',
    sensor: 'web',
    matches: isRefused,
    events: 5,
    withinMs: MINUTE_MS,
    distinct: false,
  },
  {
    scenario: 'crowdsecurity/http-sensitive-files',
    sensor: 'web',
    matches: isProbeFor(SENSITIVE),
    events: 4,
    withinMs: MINUTE_MS,
    distinct: true,
  },
  {
    scenario: 'crowdsecurity/http-xss-probbing',
    sensor: 'web',
    matches: isProbeFor(XSS),
    events: 4,
    withinMs: MINUTE_MS,
    distinct: true,
  },
  {
    scenario: 'crowdsecurity/http-probing',
    sensor: 'web',
    matches: isMiss,
    events: 8,
    withinMs: MINUTE_MS,
    distinct: true,
  },
]

function isProbeFor(pattern: RegExp): (event: LogEvent) => boolean {
  return (event) => event.kind === 'http-request' && pattern.test(event.target)
}

function isMiss({ kind, status }: LogEvent): boolean {
  return kind === 'http-request' && (status === 400 || status === 403 || status === 404)
}
