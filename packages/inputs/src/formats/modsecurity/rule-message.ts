/** What one rule said of a request. */
export interface RuleMessage {
  readonly id: string
  readonly msg: string
  readonly isCritical: boolean
  /** A rule of the paranoia levels 3 and 4, which are wrong often. */
  readonly isParanoid: boolean
  /** Its text can be read in two ways. */
  readonly isAmbiguous?: boolean
}

const CRITICAL = /^(?:[0-2]|emergency|alert|critical)$/i
const PARANOID = /^paranoia-level\/[34]$/
/** Rules that add up what the others found. */
const SUMS_UP = /^9(?:49|59|80)\d{3}$/

export interface RuleFacts {
  readonly id?: string | undefined
  readonly msg?: string | undefined
  readonly severity?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export function ruleMessage({ id = '', msg = '', severity = '', tags = [] }: RuleFacts): RuleMessage {
  return { id, msg, isCritical: CRITICAL.test(severity), isParanoid: tags.some((tag) => PARANOID.test(tag)) }
}

/**
 * Reads `ModSecurity: Warning. … [id "930100"] [msg "…"] [data "…"] [severity "2"] … [tag "…"]`.
 * What matched and what was asked for are the client's, and may hold such words too: where they
 * say another severity, nobody can tell which is the rule's.
 */
export function readRuleText(text: string): RuleMessage {
  const severities = new Set(all(text, 'severity'))
  const [severity = ''] = severities
  const behind = text.slice(text.lastIndexOf('[severity "'))
  const message = ruleMessage({
    id: all(text, 'id').find((id) => /^\d{1,9}$/.test(id)),
    msg: all(text, 'msg')[0],
    severity,
    tags: all(behind, 'tag'),
  })
  return severities.size > 1 ? { ...message, isCritical: false, isAmbiguous: true } : message
}

function all(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`\\[${name} "([^"]*)"\\]`, 'g'))].map(([, value = '']) => value)
}

/**
 * Whether a request was an attack, by what the rules said of it; `'ambiguous'` where none can tell.
 */
export function verdictOf(messages: readonly RuleMessage[]): 'attack' | 'paranoid' | 'ambiguous' | undefined {
  const own = messages.filter(({ id }) => !SUMS_UP.test(id))
  const critical = own.filter(({ isCritical }) => isCritical)
  if (critical.some(({ isParanoid }) => !isParanoid)) return 'attack'
  if (critical.length > 0) return 'paranoid'
  if (own.some(({ isParanoid }) => isParanoid)) return undefined
  if (messages.some(({ isCritical }) => isCritical)) return 'attack'
  return messages.some(({ isAmbiguous }) => isAmbiguous === true) ? 'ambiguous' : undefined
}
