import { InputError, lazily, printable } from '@cscapi/signals'
import Papa from 'papaparse'
import * as z from 'zod'
import type { AttackRule } from '../attacks/attack-rule.js'
import type { FormatReader, InputFormat, Reading } from './format.js'
import { attacksOf, readMapped, textOf } from './mapped/mapped-record.js'
import { columnMapping, type Mapping, mappingOf, parseMapping } from './mapped/mapping.js'

const LONGEST_RECORD = 524_288

/** CSV of one's own: `mapping` says in which columns what stands. */
export const csv: InputFormat = {
  longestLine: LONGEST_RECORD,
  attacks: {},
  open: ({ mapping }, saved) => new CsvReader(parseMapping(csvMapping(), mapping), saved),
}

const csvMapping = lazily(() =>
  columnMapping().extend({
    delimiter: z.enum([',', ';', '\t', '|']).default(','),
    columns: z.array(z.string().min(1)).min(1).optional(),
  }),
)
const savedSchema = lazily(() =>
  z.object({
    columns: z.array(z.string()).optional(),
    held: z.string(),
    from: z.int(),
    lines: z.int(),
  }),
)

/** A quoted text that goes on for longer than this was never begun: a quote went astray. */
const MOST_LINES = 100

class CsvReader implements FormatReader {
  readonly attacks: Readonly<Record<string, AttackRule>>
  readonly #mapping: Mapping
  readonly #delimiter: string
  #columns: readonly string[] | undefined
  /** Lines of a record in whose quotes the last of them ended. */
  #held = ''
  #from = 0
  #lines = 0

  constructor({ delimiter, columns, ...mapping }: z.output<ReturnType<typeof csvMapping>>, saved: unknown) {
    this.#delimiter = delimiter
    this.#mapping = mappingOf(mapping)
    this.#columns = columns
    const lacking = columns === undefined ? [] : this.#lackedBy(columns)
    if (lacking.length > 0) {
      const issue = { path: 'mapping.columns', value: printable(columns), rule: `must have ${lacking.join(', ')}, too` }
      throw new InputError('The input cannot be read', [issue])
    }
    this.attacks = attacksOf(this.#mapping)
    if (saved === undefined || saved === null) return
    const before = savedSchema().parse(saved)
    this.#columns = before.columns ?? columns
    this.#held = before.held
    this.#from = before.from
    this.#lines = before.lines
  }

  read(line: string, number: number): readonly Reading[] | undefined {
    if (this.#lines === 0 && line.trim() === '') return undefined
    if (this.#lines === 0) this.#from = number
    const text = this.#lines === 0 ? line : `${this.#held}\n${line}`
    const { data, errors } = Papa.parse<string[]>(text, { delimiter: this.#delimiter, newline: '\n' })
    const [wrong] = errors
    if (wrong?.code === 'MissingQuotes' && errors.length === 1) return this.#hold(text, number)
    this.#release()
    if (wrong !== undefined || data.length !== 1) return [{ refused: 'its quotes are wrong', line: this.#from }]
    return this.#take(data[0] ?? [], text)
  }

  end(): readonly Reading[] {
    return this.#lines === 0 ? [] : this.#refuseHeld()
  }

  save(): unknown {
    return { columns: this.#columns, held: this.#held, from: this.#from, lines: this.#lines }
  }

  #hold(text: string, number: number): readonly Reading[] {
    this.#held = text
    this.#lines = number - this.#from + 1
    return this.#lines < MOST_LINES && text.length < LONGEST_RECORD ? [] : this.#refuseHeld()
  }

  #refuseHeld(): readonly Reading[] {
    const refused = `a quote is open, and does not end: ${this.#lines} lines from here on were not read`
    this.#release()
    return [{ refused, line: this.#from }]
  }

  #release(): void {
    this.#held = ''
    this.#lines = 0
  }

  #take(fields: readonly string[], text: string): readonly Reading[] {
    if (this.#columns === undefined) return this.#takeHeader(fields)
    // It comes again in each file of a log that is rotated.
    const isHeader =
      fields.length === this.#columns.length && fields.every((field, at) => field === this.#columns?.[at])
    if (isHeader) return []
    if (fields.length !== this.#columns.length) {
      return [{ refused: `it has ${fields.length} fields, not ${this.#columns.length}`, line: this.#from }]
    }
    const columns = this.#columns
    const fieldOf = ([name = '']: readonly string[]) => {
      const at = columns.indexOf(name)
      const value = at < 0 ? undefined : fields[at]
      return value === '' ? undefined : textOf(value)
    }
    return readMapped(this.#mapping, fieldOf, text, this.#from)
  }

  #takeHeader(fields: readonly string[]): readonly Reading[] {
    const lacking = this.#lackedBy(fields)
    if (lacking.length === 0) {
      this.#columns = fields
      return []
    }
    const refused = `it is no header: it lacks ${lacking.join(', ')}; without a header, give mapping.columns`
    return [{ refused, line: this.#from }]
  }

  /** Columns that are to be read, and that these do not have. */
  #lackedBy(columns: readonly string[]): string[] {
    return fieldsOf(this.#mapping).filter((name) => !columns.includes(name))
  }
}

function fieldsOf({ source, time, end, scenario, events, context, where, bucket }: Mapping): string[] {
  const fields = [
    ...[source, time.field, end?.field, events, bucket?.distinct, ...context.values()],
    ...where.map(({ field }) => field),
    typeof scenario === 'string' ? undefined : scenario.field,
  ]
  return [...new Set(fields.flatMap((field) => field ?? []))]
}
