import type { AttackRule } from '../attacks/attack-rule.js'
import type { WebEvent } from '../logs/web/web-event.js'
import { withoutQuery } from './details.js'
import type { ReadContext, Reading } from './format.js'
import { LOGINS } from './login-rules.js'

const SENSITIVE_FILE =
  /\/\.(env|git|svn|cvs|bash|ssh|aws|htpasswd|htaccess|DS_Store|config|cache|forward|mysql_history|history|npmrc)|\/(wp-config|id_rsa|backup|dump)\b/i
const TRAVERSAL = /(?:\.|%2e){2}(?:\/|\\|%2f|%5c)|\/etc\/(?:passwd|shadow)\b/i
/** What stands for a blank in SQL, bounded, so that no path takes long. */
const BLANKS = '(?:\\s|\\+|%20|/\\*[^*/]{0,64}\\*/){1,8}'
const INJECTED_SQL = new RegExp(
  `union${BLANKS}(?:all${BLANKS})?select|(?:'|%27)(?:${BLANKS})?(?:or|and)\\b|sleep\\(\\d|benchmark\\(\\d|waitfor${BLANKS}delay`,
  'i',
)
const INJECTED_SCRIPT = /<|%3c|prompt\(|alert\(|onerror=|javascript:/i
const ADMIN_PAGE = /\/(phpmyadmin|pma|administrator|adminer|\+cscoe\+)/i
const WORDPRESS_LOGIN = /^POST \S*(wp-login|xmlrpc)\.php/i
/** A page with missing pictures is a nuisance, not an attack. */
const STATIC = /^\S+ [^?]*\.(css|js|map|png|jpe?g|gif|ico|svg|webp|woff2?|ttf|eot)(\?|$)/i

/** What is seen in the logs of web servers, by the name that its events bear. */
export const webAttacks = {
  wordpress: { scenario: 'crowdsecurity/http-bf-wordpress_bf', ...LOGINS },
  login: { scenario: 'crowdsecurity/http-generic-bf', ...LOGINS },
  'refused-post': { scenario: 'LePresidente/http-generic-401-bf', ...LOGINS },
  'forbidden-post': { scenario: 'LePresidente/http-generic-403-bf', ...LOGINS },
  'sensitive-files': { scenario: 'crowdsecurity/http-sensitive-files', capacity: 4, leakMs: 5_000, distinct: true },
  traversal: { scenario: 'crowdsecurity/http-path-traversal-probing', capacity: 3, leakMs: 10_000, distinct: true },
  sql: { scenario: 'crowdsecurity/http-sqli-probing', capacity: 10, leakMs: 1_000, distinct: true },
  script: { scenario: 'crowdsecurity/http-xss-probing', capacity: 5, leakMs: 1_000, distinct: true },
  admin: { scenario: 'crowdsecurity/http-admin-interface-probing', capacity: 2, leakMs: 10_000, distinct: true },
  probing: { scenario: 'crowdsecurity/http-probing', capacity: 10, leakMs: 10_000, distinct: true },
} satisfies Record<string, AttackRule>

type WebAttack = keyof typeof webAttacks

/** What a request is part of; the first that fits takes it. `undefined` for what is none. */
function webAttackOf({ kind, target, status = 0 }: WebEvent): WebAttack | undefined {
  if (kind === 'http-login') return 'login'
  const isMiss = status === 400 || status === 403 || status === 404
  if (WORDPRESS_LOGIN.test(target)) return 'wordpress'
  if (target.startsWith('POST ') && status === 401) return 'refused-post'
  if (SENSITIVE_FILE.test(target)) return 'sensitive-files'
  if (TRAVERSAL.test(target)) return 'traversal'
  if (INJECTED_SQL.test(target)) return 'sql'
  if (INJECTED_SCRIPT.test(target)) return 'script'
  if (target.startsWith('POST ') && status === 403) return 'forbidden-post'
  if (isMiss && ADMIN_PAGE.test(target)) return 'admin'
  return isMiss && !STATIC.test(target) ? 'probing' : undefined
}

/** Says what a request tells: nothing, where it is part of no attack. */
export function webReadings(event: WebEvent, line: number, context: ReadContext): readonly Reading[] {
  const attack = webAttackOf(event)
  if (attack === undefined) return []
  const { address, at, target, status, userAgent } = event
  const details = {
    ...{ service: 'http', user_agent: userAgent, ...targetOf(event, context) },
    status: status === undefined ? undefined : String(status),
  }
  return [{ event: { attack, address, at, line, distinct: target, details } }]
}

function targetOf({ kind, target }: WebEvent, { include }: ReadContext): Record<string, string | undefined> {
  if (kind === 'http-login') return include.has('users') ? { target_user: target } : {}
  const { method, uri = '' } = /^(?:(?<method>[A-Z]+) )?(?<uri>.*)$/s.exec(target)?.groups ?? {}
  return { method, target_uri: withoutQuery(uri, include) }
}
