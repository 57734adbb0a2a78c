import { isAddressScope, lazily, parseJson, parseTimestamp, scenarioRule } from '@cscapi/signals'
import * as z from 'zod'
import { withoutQuery } from '../details.js'
import type { ReadContext, Reading, WholeAttack } from '../format.js'

const text = lazily(() => z.string().nullish().catch(undefined))

const alertSchema = lazily(() =>
  z.object({
    uuid: text(),
    kind: text(),
    scenario: z.string(),
    scenario_hash: text(),
    scenario_version: text(),
    message: text(),
    simulated: z.boolean().nullish(),
    events_count: z.int().nullish().catch(undefined),
    start_at: z.string(),
    stop_at: z.string(),
    source: z.object({ scope: z.string(), value: z.string() }),
    decisions: z.array(z.object({ origin: text() })).nullish(),
    events: z
      .array(z.object({ meta: z.array(z.object({ key: z.string(), value: z.string() })).nullish() }))
      .nullish()
      .catch(undefined),
    meta: z
      .array(z.object({ key: z.string(), value: z.string() }))
      .nullish()
      .catch(undefined),
  }),
)
type Alert = z.output<ReturnType<typeof alertSchema>>

/** What is no finding of the engine: news of others, and what a person ordered. */
const OTHER_KINDS = new Set(['capi', 'papi', 'cscli'])
const OTHER_ORIGINS = new Set(['CAPI', 'lists', 'cscli-import', 'cscli'])
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/**
 * Gives what an alert of the engine tells: nothing if it is no attack that the engine saw itself.
 */
export function readAlert(value: unknown, line: number, context: ReadContext): readonly Reading[] {
  const parsed = alertSchema().safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return [{ refused: `it is no alert: ${issue?.path.join('.')} is missing or wrong`, line }]
  }
  const alert = parsed.data
  if (!isOwnFinding(alert)) return []
  const startAt = parseTimestamp(alert.start_at)?.ms
  const stopAt = parseTimestamp(alert.stop_at)?.ms
  if (startAt === undefined || stopAt === undefined) return [{ refused: 'its start_at or stop_at is no time', line }]
  return [{ whole: { ...attackOf(alert, context), startAt, stopAt, line } }]
}

function isOwnFinding({ simulated, kind, scenario, source, decisions }: Alert): boolean {
  if (simulated === true || OTHER_KINDS.has(kind ?? '')) return false
  // `update : +1/-0 IPs`, `manual 'ban' from …`, and what a person typed.
  if (scenarioRule(scenario) !== undefined || !isAddressScope(source.scope)) return false
  return !(decisions ?? []).some(({ origin }) => OTHER_ORIGINS.has(origin ?? ''))
}

function attackOf(alert: Alert, context: ReadContext): Omit<WholeAttack, 'startAt' | 'stopAt' | 'line'> {
  const { scenario, scenario_hash, scenario_version, events_count, source, uuid, start_at, stop_at } = alert
  const hash = scenario_hash ?? ''
  const version = scenario_version ?? ''
  return {
    ...{ scenario, address: source.value, scenarioHash: hash, scenarioVersion: version },
    // As the engine tells CAPI.
    scenarioTrust: hash === '' ? 'custom' : version === '' || version === '?' ? 'tainted' : 'certified',
    events: Math.max(1, events_count ?? 1),
    identity: JSON.stringify([scenario, source.value, start_at, stop_at]),
    ...(UUID.test(uuid ?? '') && { uuid: uuid ?? '' }),
    details: detailsOf(alert, context),
  }
}

/** The engine's own context, else what the hub's contexts would take from the events. */
function detailsOf({ meta, events }: Alert, { include }: ReadContext): Record<string, string[]> {
  const names = ['service', 'status', ...(include.has('users') ? ['target_user'] : [])]
  const pairs = (events ?? []).flatMap((event) => event.meta ?? []).filter(({ key }) => names.includes(key))
  const own = (meta ?? []).filter(({ key }) => key !== 'target_user' || include.has('users'))
  const details = new Map<string, Set<string>>()
  for (const { key, value } of [...own.flatMap(unpacked), ...pairs]) {
    const texts = details.get(key) ?? new Set()
    const told = key === 'target_uri' ? withoutQuery(value, include) : value
    if (texts.size < MOST_TEXTS) texts.add(told)
    details.set(key, texts)
  }
  return Object.fromEntries([...details].map(([key, texts]) => [key, [...texts]]))
}

const MOST_TEXTS = 10
const listSchema = lazily(() => z.array(z.string()))

/** The engine writes the texts of one key as a JSON array. */
function unpacked({ key, value }: { readonly key: string; readonly value: string }) {
  const list = listSchema().safeParse(parseJson(value))
  return (list.success ? list.data : [value]).map((one) => ({ key, value: one }))
}
