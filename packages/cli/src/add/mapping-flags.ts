import { UsageError } from '../ending.js'

const MAPPED_FORMATS: ReadonlySet<string> = new Set(['csv', 'jsonl'])

/** What a key may name a part of: `context.target_user`, `scenario.names.brute`, `time.format`. */
const DEPTH: ReadonlyMap<string, number> = new Map([['scenario', 3]])

type Tree = Map<string, Tree | string>

/**
 * The mapping that `--map source=client_ip time=at …` gives; `undefined` without the flag. What is
 * in it, the reader of the format checks.
 *
 * @throws UsageError
 */
export function mappingOf(flags: readonly string[] | undefined, format: string | undefined): unknown {
  if (flags === undefined) return undefined
  if (format === undefined || !MAPPED_FORMATS.has(format)) {
    throw new UsageError(`--map says what stands where in csv and jsonl: give --format csv or --format jsonl with it`)
  }
  const mapping: Tree = new Map()
  for (const flag of flags) {
    const [, key = '', value = ''] = /^([^=]+)=(.+)$/s.exec(flag) ?? []
    if (key === '')
      throw new UsageError(`--map takes key=field, e.g. source=client_ip, and not ${JSON.stringify(flag)}`)
    put(mapping, partsOf(key), value, key)
  }
  return plain(mapping)
}

function partsOf(key: string): string[] {
  const parts = key.split('.')
  const depth = DEPTH.get(parts[0] ?? '') ?? 2
  return [...parts.slice(0, depth - 1), ...(parts.length >= depth ? [parts.slice(depth - 1).join('.')] : [])]
}

/** `time=at` and `time.format=epoch_s` together are a field and what is said about it. */
function put(tree: Tree, [part = '', ...rest]: readonly string[], value: string, key: string): void {
  const there = tree.get(part)
  if (rest.length > 0) {
    const below: Tree = there instanceof Map ? there : new Map(there === undefined ? [] : [['field', there]])
    tree.set(part, below)
    put(below, rest, value, key)
  } else if (there instanceof Map && !there.has('field')) there.set('field', value)
  else if (there === undefined) tree.set(part, value)
  else throw new UsageError(`--map names ${key} more than once`)
}

function plain(tree: Tree): unknown {
  return Object.fromEntries(
    [...tree].map(([key, value]) => {
      if (value instanceof Map) return [key, plain(value)]
      if (key === 'columns') return [key, value.split(',')]
      return [key, key === 'capacity' || key === 'leakMs' ? Number(value) : value]
    }),
  )
}
