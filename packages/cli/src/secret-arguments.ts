import { printableUrl } from '@cscapi/signals'
import { UsageError } from './ending.js'

/** Flags under which people give secrets, and the variable that takes each. */
const SECRET_FLAGS: readonly (readonly [flag: RegExp, variable: string])[] = [
  [/attach|enroll.*key/, 'CSCAPI_ATTACHMENT_KEY'],
  [/encrypt|passphrase/, 'CSCAPI_ENCRYPTION_KEY'],
  // Which proxies to believe is no secret.
  [/(?<!trusted-)proxy/, 'CSCAPI_PROXY'],
  [/registration|register.*token/, 'CSCAPI_REGISTRATION_TOKEN'],
  [/ops.*(token|secret|pass|key)/, 'CSCAPI_OPS_TOKEN'],
  [/pass|secret|token|credential|auth|(^|-)key$/, 'CSCAPI_STORAGE, CSCAPI_ATTACHMENT_KEY or CSCAPI_ENCRYPTION_KEY'],
]
const URL_WITH_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]*:[^\s/?#@]+@/i

/**
 * Refuses a secret on the command line: every user of the host sees it, and the shell writes it
 * down. What looks like one is not repeated.
 *
 * @throws UsageError that says where it belongs.
 */
export function refuseSecrets(argv: readonly string[]): void {
  for (const argument of argv) {
    if (argument === '--') return
    const [, flag] = /^--?([a-zA-Z][\w-]*)/.exec(argument) ?? []
    const meant = flag === undefined ? undefined : SECRET_FLAGS.find(([pattern]) => pattern.test(flag.toLowerCase()))
    if (meant !== undefined) {
      const [, variable] = meant
      throw refused(`--${flag}`, `set ${variable} (or the same with _FILE, to a file that holds it)`)
    }
    if (URL_WITH_PASSWORD.test(argument)) {
      const url = printableUrl(argument.replace(/^--?[\w-]+=/, ''))
      throw refused(url, 'set CSCAPI_STORAGE or CSCAPI_STORAGE_FILE; where an argument has to name it, write env:NAME')
    }
  }
}

function refused(what: string, advice: string): UsageError {
  return new UsageError(
    `${what}: a secret is never taken from an argument, which every user of this host can read: ${advice}`,
  )
}
