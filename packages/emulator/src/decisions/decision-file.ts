import { readFileSync } from 'node:fs'
import { InputError, parseJson, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import type { EmulatorOptions } from '../options.js'
import { allowlistsSeedSchema, blocklistsSeedSchema, decisionsSeedSchema } from './seeds.js'

type Seeds = Pick<EmulatorOptions, 'decisions' | 'blocklists' | 'allowlists'>

const seedsSchema = z.strictObject({
  decisions: decisionsSeedSchema.optional(),
  blocklists: blocklistsSeedSchema.optional(),
  allowlists: allowlistsSeedSchema.optional(),
})

/** An answer of the real stream, as somebody may have saved it; only `new` can be replayed. */
const streamSchema = z.object({
  new: z.array(
    z.object({
      scenario: z.string(),
      scope: z.string(),
      decisions: z.array(z.object({ value: z.string(), duration: z.string() })),
    }),
  ),
})

/**
 * Reads what the stream shall hand out: plain text with one value a line (`#` starts a comment), a
 * JSON list of decisions, a JSON object with `decisions`, `blocklists` and `allowlists`, or a saved
 * stream answer.
 *
 * @throws InputError when the file cannot be read or is none of these.
 */
export function readDecisionFile(path: string): Seeds {
  const text = readText(path)
  if (!/^\s*[[{]/.test(text)) return { decisions: readLines(text) }
  const json = parseJson(text)
  if (json === undefined) {
    const rule = 'must hold JSON, or one value a line'
    throw new InputError('Decisions', [{ path: '--decisions', value: path, rule }])
  }
  const stream = streamSchema.safeParse(json)
  if (stream.success) {
    const decisions = stream.data.new.flatMap((group) =>
      group.decisions.map((decision) => ({ ...decision, scope: group.scope, scenario: group.scenario })),
    )
    return { decisions }
  }
  return readOptions(`Decisions file ${path}`, seedsSchema, Array.isArray(json) ? { decisions: json } : json)
}

function readLines(text: string): { value: string }[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((value) => value !== '')
    .map((value) => ({ value }))
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new InputError('Decisions', [
      {
        path: '--decisions',
        value: path,
        rule: `must be a whole number from 0 to 1000000, or a file that can be read (${reason})`,
      },
    ])
  }
}
