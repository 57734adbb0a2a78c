import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { ONE_EVENT } from '../attacks/attack-rule.js'
import { type JudgedLine, SplitRecords, WRITTEN_BY_CLIENT } from '../logs/web/nginx-split-records.js'
import type { FormatReader, InputFormat, ReadContext, Reading } from './format.js'
import { readAuditJson } from './modsecurity/audit-json.js'
import { SerialAudit } from './modsecurity/audit-serial.js'
import { readErrorLine } from './modsecurity/error-log.js'
import { readingsOf } from './modsecurity/transaction.js'

/**
 * Requests of which a critical rule of ModSecurity or Coraza said something: from the audit log, as
 * JSON or in parts, or from the error log of Apache or nginx.
 */
export const modsecurity: InputFormat = {
  longestLine: 524_288,
  attacks: {
    attack: { scenario: 'crowdsecurity/modsecurity', ...ONE_EVENT, distinct: true },
    // Two requests of which only rules of the paranoia levels 3 and 4 said anything.
    paranoid: { scenario: 'crowdsecurity/modsecurity', capacity: 1, leakMs: 60_000, distinct: true },
  },
  open: (context, saved) => new ModSecurityReader(context, saved),
}

const savedSchema = lazily(() => z.object({ serial: z.unknown(), records: z.unknown() }))

class ModSecurityReader implements FormatReader {
  readonly #context: ReadContext
  readonly #serial: SerialAudit
  /** Of nginx’s error log, where a client may write whole lines. */
  readonly #records: SplitRecords

  constructor(context: ReadContext, saved: unknown) {
    const before = savedSchema()
      .partial()
      .parse(saved ?? {})
    this.#context = context
    this.#serial = new SerialAudit(before.serial)
    this.#records = new SplitRecords(before.records)
  }

  read(line: string, number: number): readonly Reading[] | undefined {
    const part = this.#serial.read(line, number)
    if (part === 'inside') return []
    if (part !== undefined) return 'refused' in part ? [part] : readingsOf(part, this.#context)
    if (line.startsWith('{')) {
      const record = readAuditJson(line, this.#context)
      return typeof record === 'string' ? [{ refused: record }] : readingsOf(record, this.#context)
    }
    const readings = this.#readingsOf(this.#records.add(line, number, this.#context.now))
    return readings.length === 0 && readErrorLine(line, this.#context) === undefined ? undefined : readings
  }

  advance(at: number): readonly Reading[] {
    return this.#readingsOf(this.#records.advance(at))
  }

  end(): readonly Reading[] {
    const held = this.#readingsOf(this.#records.end())
    const line = this.#serial.cutAt
    return line === undefined ? held : [...held, { refused: 'the transaction that begins here has no end', line }]
  }

  save(): unknown {
    return { serial: this.#serial.save(), records: this.#records.save() }
  }

  #readingsOf(lines: readonly JudgedLine[]): readonly Reading[] {
    return lines.flatMap(({ text, line, isTrusted }) => {
      const found = readErrorLine(text, this.#context)
      if (found === undefined) return []
      return isTrusted ? readingsOf({ ...found, line }, this.#context) : [{ refused: WRITTEN_BY_CLIENT, line }]
    })
  }
}
