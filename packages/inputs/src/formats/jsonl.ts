import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import type { FormatReader, InputFormat, Reading } from './format.js'
import { readJsonRecord } from './json-record.js'
import type { FieldPath } from './mapped/field-path.js'
import { attacksOf, readMapped, textOf } from './mapped/mapped-record.js'
import { type Mapping, mappingOf, parseMapping, pathMapping } from './mapped/mapping.js'

/**
 * JSON lines of one's own: `mapping` says what stands where, and how many records make an attack.
 */
export const jsonl: InputFormat = {
  longestLine: 524_288,
  attacks: {},
  open: ({ mapping }) => readerOf(mappingOf(parseMapping(pathMapping(), mapping))),
}

function readerOf(mapping: Mapping): FormatReader {
  return { attacks: attacksOf(mapping), read: (line, number) => readLine(line, number, mapping) }
}

const objectSchema = lazily(() => z.looseObject({}))

function readLine(line: string, number: number, mapping: Mapping): readonly Reading[] | undefined {
  if (line.trim() === '') return undefined
  const record = readJsonRecord(line, objectSchema())
  if (typeof record === 'string') return [{ refused: record }]
  return readMapped(mapping, (path) => textOf(valueAt(record, path)), line, number)
}

/** Own properties alone: a record may be called `__proto__`, too. */
function valueAt(record: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((at, name) => {
    const isThere = typeof at === 'object' && at !== null && Object.hasOwn(at, name)
    return isThere ? Reflect.get(at, name) : undefined
  }, record)
}
