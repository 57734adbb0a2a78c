import { InputError, type InputIssue } from '@cscapi/core'
import { printable } from '@cscapi/signals'

const LONGEST_ID = 128
const LONGEST_MS = 2 ** 53 - 1

/** Finds no U+0000 and no lone surrogates, which databases refuse or change. */
export function isStorable(text: unknown): text is string {
  return typeof text === 'string' && text.isWellFormed() && !text.includes('\0')
}

/** @throws InputError naming all that is wrong, where anything is */
export function refuse(issues: readonly InputIssue[]): void {
  if (issues.length > 0) throw new InputError('The store was not touched', issues)
}

export function issueUnless(isGood: boolean, path: string, value: unknown, rule: string): InputIssue[] {
  return isGood ? [] : [{ path, value: printable(value), rule }]
}

export const storableRule = 'must be text without U+0000 and lone surrogates'
export const idRule = `must be text of 1 to ${LONGEST_ID} characters without U+0000 and lone surrogates`
export const isId = (id: unknown) => isStorable(id) && id.length > 0 && id.length <= LONGEST_ID
export const isDuration = (ms: unknown) => typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 && ms <= LONGEST_MS
export const isCount = (count: unknown) => Number.isSafeInteger(count) && Number(count) > 0
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Refuses what is no object, and so has no fields to look at. @throws InputError */
export function assertObject(path: string, value: unknown): void {
  refuse(issueUnless(isRecord(value) && !Array.isArray(value), path, value, 'must be an object'))
}

/** @throws InputError */
export function assertList(path: string, value: unknown, of: string): void {
  refuse(issueUnless(Array.isArray(value), path, value, `must be a list of ${of}`))
}

/** Strings in a list that may be absent. */
export function listIssues(
  path: string,
  list: unknown,
  isGood: (item: unknown) => boolean,
  rule: string,
): InputIssue[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) return issueUnless(false, path, list, 'must be a list')
  return list.flatMap((item, index) => issueUnless(isGood(item), `${path}[${index}]`, item, rule))
}
