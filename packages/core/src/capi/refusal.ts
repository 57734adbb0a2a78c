/**
 * What a 403 is about, by its text alone. `address`: CAPI, or the gateway in front of it, blocks
 * us. `credentials`: id or password. `machine`: this machine and no other. `route`: there is
 * nothing at this path. `request`: anything else that CAPI says in words of its own.
 */
export type RefusalSubject = 'address' | 'credentials' | 'machine' | 'route' | 'request'

/** Words of the gateway in front of CAPI, which is asked before CAPI is. */
const GATEWAY = /^\W*(403\W*)?forbidden\W*$|is not authorized to (access|perform)/i
/** What that gateway says, with a 403, where no endpoint has the path. */
const NO_ROUTE = /^missing authentication token\W*$/i
const ADDRESS =
  /\bips?\b|\bip[ -]?v[46]\b|(?<!\b(?:e-?)?mail )\baddress(es)?\b|\b\d{1,3}(\.\d{1,3}){3}\b|\btoo many (requests|calls|connections|logins?|attempts)\b|\brate\b/i
const CREDENTIALS = /machine_?id or password|\bincorrect\b|\binvalid (credentials?|password|login)\b/i
const MACHINE = /\b(machine(_?id)?|watcher|sensor|agent|account|user|organi[sz]ation|subscription)s?\b/i

/**
 * Tells what a refusal is about. Calling during a ban prolongs it, so text that names the address
 * beside anything else is about the address.
 */
export function subjectOf(message: string | undefined): RefusalSubject {
  const text = (message ?? '').trim()
  if (NO_ROUTE.test(text)) return 'route'
  if (text === '' || GATEWAY.test(text) || ADDRESS.test(text)) return 'address'
  if (isAboutCredentials(text)) return 'credentials'
  return MACHINE.test(text) ? 'machine' : 'request'
}

export function isAboutCredentials(message: string): boolean {
  return CREDENTIALS.test(message)
}

/**
 * Tells whether CAPI knows an id: it says so with several statuses (docs/capi-protocol.md, Errors).
 */
export function saysRegistered(message: string | undefined): boolean {
  return /\balready (registered|exists?)\b/i.test(message ?? '')
}
