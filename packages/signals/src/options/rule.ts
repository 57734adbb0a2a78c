import type * as z from 'zod'

type RawIssue = z.core.$ZodRawIssue

const KINDS = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
  ['record', 'an object'],
  ['date', 'a Date'],
  ['function', 'a function'],
  ['nonoptional', 'given'],
])

/**
 * Gives the rule that an issue of zod's stands for, in our words: `must be a whole number`. A
 * schema's own message is kept as it is.
 */
export function ruleOf(issue: RawIssue): string {
  const missing = issue.input === undefined ? 'is missing: it ' : ''
  switch (issue.code) {
    case 'invalid_type':
      return `${missing}must be ${KINDS.get(String(issue.expected)) ?? issue.expected}`
    case 'invalid_value':
      return `${missing}must be ${oneOf(issue.values)}`
    case 'too_small':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`
    case 'too_big':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`
    case 'invalid_format':
      return `must have the form of ${issue.format === 'regex' ? String(issue.pattern) : issue.format}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return 'is not known here'
    case 'invalid_union':
      return `${missing}must have another form`
    default:
      return `${missing}is not valid here`
  }
}

function bound(origin: string, comparison: string, limit: number | bigint): string {
  if (origin === 'string') return limit === 1 ? 'not be empty' : `have ${comparison} ${limit} characters`
  if (origin === 'array' || origin === 'set')
    return limit === 1 ? 'not be empty' : `have ${comparison} ${limit} entries`
  return `be ${comparison} ${limit.toLocaleString('en-US')}`
}

function oneOf(values: readonly unknown[]): string {
  const texts = values.map((value) => (typeof value === 'string' ? JSON.stringify(value) : String(value)))
  const last = texts.pop() ?? 'nothing'
  return texts.length === 0 ? last : `${texts.join(', ')} or ${last}`
}
