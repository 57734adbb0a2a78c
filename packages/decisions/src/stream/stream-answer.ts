import { InputError } from '@cscapi/signals'
import { Skipped } from '../changes/skipped.js'
import type { Pace } from '../pacing/pace.js'

/** An answer of CAPI's decision stream, parsed: what `getDecisions` of `@cscapi/client` gives. */
export interface StreamAnswer {
  /** Decisions to add. */
  readonly new: readonly {
    readonly value: string
    readonly scope: string
    readonly scenario: string
    /** Epoch milliseconds. */
    readonly expiresAt: number
  }[]
  /** Decisions to take out. */
  readonly deleted: readonly { readonly value: string; readonly scope: string }[]
}

/**
 * @throws InputError for an answer of another shape, with the first 100 things that are wrong; what
 * its texts say is not looked at.
 */
export async function checkAnswer(answer: unknown, pace: Pace): Promise<void> {
  const wrong = new Skipped()
  if (typeof answer !== 'object' || answer === null)
    wrong.add('answer', answer, 'must be an object with new and deleted')
  else {
    await checkList('new', Reflect.get(answer, 'new'), ['value', 'scope', 'scenario'], wrong, pace)
    await checkList('deleted', Reflect.get(answer, 'deleted'), ['value', 'scope'], wrong, pace)
  }
  if (wrong.issues.length > 0) throw new InputError('The decisions were not applied', wrong.issues)
}

async function checkList(
  list: 'new' | 'deleted',
  entries: unknown,
  texts: readonly string[],
  wrong: Skipped,
  pace: Pace,
): Promise<void> {
  if (!Array.isArray(entries)) return wrong.add(list, entries, 'must be a list')
  await pace.each<unknown>(entries, (entry, index) => {
    if (typeof entry !== 'object' || entry === null) return wrong.add(`${list}[${index}]`, entry, 'must be an object')
    const fields = entry as Readonly<Record<string, unknown>>
    for (const field of texts) {
      const text = fields[field]
      if (typeof text !== 'string') wrong.add(`${list}[${index}].${field}`, text, 'must be text')
    }
    if (list === 'deleted') return
    const { expiresAt } = fields
    if (typeof expiresAt !== 'number' || !Number.isFinite(expiresAt) || expiresAt < 0)
      wrong.add(`${list}[${index}].expiresAt`, expiresAt, 'must be epoch milliseconds: a number, 0 or more')
  })
}
