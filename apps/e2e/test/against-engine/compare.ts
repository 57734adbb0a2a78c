import { isDeepStrictEqual } from 'node:util'
import type { Answer } from './ask.js'

/** Where two answers are not the same. */
export interface Difference {
  /** `status`, a header, `message`, `decision.duration`, `alert.labels`, … */
  readonly field: string
  readonly engine: string
  readonly here: string
}

type Fields = Readonly<Record<string, unknown>>

/** Compares field by field; of ids, times and tokens, which no two servers share, only the form. */
export function differencesOf(engine: Answer, here: Answer): Difference[] {
  return [
    ...compared('status', engine.status, here.status),
    ...Object.keys(engine.headers).flatMap((name) => compared(name, engine.headers[name], here.headers[name])),
    ...inValues('body', engine.body, here.body),
  ]
}

function inValues(field: string, engine: unknown, here: unknown): Difference[] {
  if (isItems(engine) && isItems(here) && engine.length + here.length > 0) return inItems(field, engine, here)
  if (isFields(engine) && isFields(here)) {
    const kind = kindOf(engine) ?? (field === 'body' ? undefined : field)
    const names = new Set([...Object.keys(engine), ...Object.keys(here)])
    return [...names].flatMap((name) =>
      inValues(kind === undefined ? name : `${kind}.${name}`, engine[name], here[name]),
    )
  }
  return compared(field, engine, here)
}

/** Neither promises an order of items: each is compared with the one that says the same. */
function inItems(field: string, engine: readonly Fields[], here: readonly Fields[]): Difference[] {
  const rest = [...here]
  const differences = engine.flatMap((item) => {
    const index = rest.findIndex((other) => isDeepStrictEqual(nameOf(item), nameOf(other)))
    const [other] = index === -1 ? [] : rest.splice(index, 1)
    return other === undefined ? [only(field, item, 'engine')] : inValues(field, item, other)
  })
  return [...differences, ...rest.map((item) => only(field, item, 'here'))]
}

function only(field: string, item: Fields, where: 'engine' | 'here'): Difference {
  const name = nameOf(item).filter((part) => part !== undefined)
  const said = name.join(' ')
  return { field, engine: where === 'engine' ? said : 'absent', here: where === 'here' ? said : 'absent' }
}

/** What tells an item from its neighbours. */
function nameOf({ value, type, scenario, origin, source, key, meta }: Fields): unknown[] {
  if (isFields(source)) return [source.value, scenario]
  return value === undefined ? [JSON.stringify(meta)] : [key, value, type, scenario, origin]
}

const kindOf = (item: Fields) => ('duration' in item ? 'decision' : 'source' in item ? 'alert' : undefined)

function compared(field: string, engine: unknown, here: unknown): Difference[] {
  const name = field.slice(field.lastIndexOf('.') + 1)
  if (name === 'duration' && isNear(String(engine), String(here))) {
    const [one, other] = [formOfDuration(String(engine)), formOfDuration(String(here))]
    return one === other ? [] : [{ field, engine: one, here: other }]
  }
  const [one, other] = [formOf(name, engine), formOf(name, here)]
  return one === other ? [] : [{ field, engine: one, here: other }]
}

const FORMS: Readonly<Record<string, RegExp>> = {
  'a number': /^\d+$/,
  'a uuid': /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  'a token': /^ey[\w-]+\.[\w-]+\.[\w-]+$/,
  'a time of RFC 3339': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  'a time as Go prints it': /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC$/,
}
const FORMED = new Set(['id', 'uuid', 'token', 'expire', 'created_at', 'start_at', 'stop_at', 'timestamp'])

function formOf(name: string, value: unknown): string {
  if (value === undefined) return 'absent'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (Array.isArray(value) && value.length > 0) return typeof value[0] === 'string' ? `${value.length} ids` : 'a list'
  if (!FORMED.has(name)) return text === '' ? 'empty' : text
  return Object.keys(FORMS).find((form) => FORMS[form]?.test(text)) ?? text
}

const DURATION = /^(-?)(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)?$/

function secondsOf(text: string): number {
  const [, sign, hours = 0, minutes = 0, seconds = 0] = DURATION.exec(text) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds))
}

/** Both were asked one after the other. */
const isNear = (one: string, other: string) => Math.abs(secondsOf(one) - secondsOf(other)) < 60

const formOfDuration = (text: string) => (text.includes('.') ? 'a fraction of a second' : 'whole seconds')

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isItems = (value: unknown): value is Fields[] => Array.isArray(value) && value.every(isFields)
