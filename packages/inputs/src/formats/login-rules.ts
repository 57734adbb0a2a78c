import type { AttackRule, Bucket } from '../attacks/attack-rule.js'

/** As the hub counts logins of most services. */
export const LOGINS: Bucket = { capacity: 5, leakMs: 10_000 }

/** Logins over SSH, fast ones and slow ones. */
export const SSH_LOGINS: AttackRule = {
  scenario: 'crowdsecurity/ssh-bf',
  ...LOGINS,
  slow: { scenario: 'crowdsecurity/ssh-slow-bf', capacity: 10, leakMs: 60_000 },
}
