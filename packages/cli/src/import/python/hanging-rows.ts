import type * as z from 'zod'
import type { Table } from './layout.js'
import type { Queries } from './queries.js'
import { flawsOf } from './rows.js'

/** The rows of another table that hang on a page of signals. */
export class HangingRows<Row extends { signal: number }> {
  readonly #rows = new Map<number, Row[]>()
  readonly #flaws = new Map<number, string>()

  private constructor(table: Table, row: z.ZodType<Row>, given: readonly unknown[]) {
    for (const one of given) {
      const parsed = row.safeParse(one)
      const signal = Number(Reflect.get(Object(one), 'signal'))
      if (parsed.success) this.#rows.set(signal, [...(this.#rows.get(signal) ?? []), parsed.data])
      else this.#flaws.set(signal, `${table}: ${flawsOf(parsed.error)}`)
    }
  }

  static async read<Row extends { signal: number }>(
    queries: Queries,
    table: Table,
    row: z.ZodType<Row> & { readonly shape: object },
    [after, last]: readonly [number, number],
  ): Promise<HangingRows<Row>> {
    const columns = Object.keys(row.shape).filter((name) => name !== 'signal')
    return new HangingRows(table, row, await queries.hangingOn(table, columns, after, last))
  }

  of(signal: number): readonly Row[] {
    return this.#rows.get(signal) ?? []
  }

  /** What is wrong with one of them. */
  flawOf(signal: number): string | undefined {
    return this.#flaws.get(signal)
  }
}
