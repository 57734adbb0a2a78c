import {
  ADDRESS_RULE,
  isAddressScope,
  issuesOfSchema,
  lazily,
  parseAddress,
  parseTimestamp,
  type Signal,
  scenarioRule,
  signalSchema,
} from '@cscapi/signals'
import * as z from 'zod'
import { attackUuid } from '../attacks/attack-uuid.js'
import type { InputFormat, Reading } from './format.js'
import { readJsonRecord } from './json-record.js'

/**
 * Signals as they go on the wire, one a line: what `exportRejected` writes. They stay as they are;
 * one without a uuid gets one that is drawn from its line.
 */
export const signal: InputFormat = {
  longestLine: 1_000_000,
  attacks: {},
  open: () => ({ read: readLine }),
}

const objectSchema = lazily(() => z.looseObject({}))

function readLine(line: string): readonly Reading[] | undefined {
  if (line.trim() === '') return undefined
  const record = readJsonRecord(line, objectSchema())
  if (typeof record === 'string') return [{ refused: record }]
  const parsed = signalSchema.safeParse(record)
  if (!parsed.success) return [{ refused: issuesText(issuesOfSchema(signalSchema, record) ?? []) }]
  const issues = issuesOf(parsed.data)
  if (issues.length > 0) return [{ refused: issuesText(issues) }]
  const { uuid } = parsed.data
  return [{ signal: { ...parsed.data, uuid: uuid === undefined || uuid === '' ? attackUuid(line) : uuid } }]
}

interface Issue {
  readonly path: string
  readonly rule: string
}

/** What CAPI refuses, and the schema of the wire lets pass. */
function issuesOf({ scenario, source, start_at, stop_at }: Signal): Issue[] {
  const rules: [string, string | undefined][] = [
    ['scenario', scenarioRule(scenario)],
    ['source.value', isAddressScope(source.scope) && !parseAddress(source.value) ? ADDRESS_RULE : undefined],
    ['start_at', parseTimestamp(start_at) ? undefined : TIME_RULE],
    ['stop_at', parseTimestamp(stop_at) ? undefined : TIME_RULE],
  ]
  return rules.flatMap(([path, rule]) => (rule === undefined ? [] : [{ path, rule }]))
}

const TIME_RULE = 'must be a date and time'

function issuesText(issues: readonly Issue[]): string {
  return `it is no signal: ${issues.map(({ path, rule }) => `${path} ${rule}`).join('; ')}`
}
