import { readNginxErrorLine } from '../logs/web/nginx-error-log.js'
import { type JudgedLine, SplitRecords, WRITTEN_BY_CLIENT } from '../logs/web/nginx-split-records.js'
import type { FormatReader, InputFormat, ReadContext, Reading } from './format.js'
import { webAttacks, webReadings } from './web-attacks.js'

/** Refused logins and requests in nginx’s error log. */
export const nginxError: InputFormat = {
  attacks: webAttacks,
  open: (context, saved) => new NginxErrorReader(context, saved),
}

/** Hands a line on once it is certain that no client wrote it. */
class NginxErrorReader implements FormatReader {
  readonly #context: ReadContext
  readonly #records: SplitRecords

  constructor(context: ReadContext, saved: unknown) {
    this.#context = context
    this.#records = new SplitRecords(saved)
  }

  read(line: string, number: number): readonly Reading[] | undefined {
    const judged = this.#records.add(line, number, this.#context.now)
    const readings = this.#readingsOf(judged)
    return readings.length === 0 && readNginxErrorLine(line, this.#context) === undefined ? undefined : readings
  }

  advance(at: number): readonly Reading[] {
    return this.#readingsOf(this.#records.advance(at))
  }

  end(): readonly Reading[] {
    return this.#readingsOf(this.#records.end())
  }

  save(): unknown {
    return this.#records.save()
  }

  #readingsOf(lines: readonly JudgedLine[]): readonly Reading[] {
    return lines.flatMap(({ text, line, isTrusted }) => {
      const found = readNginxErrorLine(text, this.#context)
      if (found === undefined) return []
      return isTrusted ? webReadings(found, line, this.#context) : [{ refused: WRITTEN_BY_CLIENT, line }]
    })
  }
}
