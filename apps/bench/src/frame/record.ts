import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { repository } from '../repository.js'
import type { Outcome } from './contest.js'
import { machine } from './machine.js'
import type { Servers } from './servers.js'

/** What the docs quote, and nothing else: the last whole run of each bench, by its name. */
const FIGURES = join(repository, 'docs/figures.json')

const spreadSchema = z.object({ median: z.number(), min: z.number(), max: z.number() })
const limitSchema = z.union([z.object({ atLeast: z.number() }), z.object({ atMost: z.number() })])
const goalSchema = z.union([z.object({ ratio: limitSchema }), z.object({ ours: limitSchema }), z.literal('equal')])
const rowSchema = z.object({
  name: z.string(),
  unit: z.string(),
  ours: spreadSchema,
  baseline: spreadSchema.optional(),
  ratio: spreadSchema.optional(),
  goal: goalSchema.optional(),
  isMet: z.boolean(),
})
const figureSchema = z.object({
  name: z.string(),
  ours: z.string(),
  baseline: z.string(),
  ratio: z.number(),
  unit: z.literal('ms').optional(),
  goal: limitSchema,
})
const runSchema = z.object({
  command: z.string(),
  date: z.iso.date(),
  machine: z.object({ cores: z.number(), model: z.string(), node: z.string(), platform: z.string() }),
  servers: z.record(z.string(), z.string()),
  rounds: z.number(),
  /** Cores that other processes took meanwhile. */
  othersCores: z.number(),
  rows: z.array(rowSchema),
  figures: z.array(figureSchema),
})

export type RecordedRow = z.infer<typeof rowSchema>
export type RecordedRun = z.infer<typeof runSchema>
export type RecordedRuns = Readonly<Record<string, RecordedRun>>

/** @throws Error when the file is no record of runs */
export function readRuns(file = FIGURES): RecordedRuns {
  return existsSync(file) ? z.record(z.string(), runSchema).parse(JSON.parse(readFileSync(file, 'utf8'))) : {}
}

/** Puts a run in the place of the one of the same bench that was recorded before. */
export function record(outcome: Outcome, servers: Servers, askedRounds: number | undefined, file = FIGURES): void {
  const { bench, rounds, othersCores, rows, figures } = outcome
  const command = `pnpm bench ${bench}${askedRounds === undefined ? '' : ` --rounds ${askedRounds}`}`
  const date = new Date().toISOString().slice(0, 10)
  const run = { command, date, machine, servers, rounds, othersCores, rows, figures }
  const runs = Object.entries({ ...readRuns(file), [bench]: run }).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(runs), undefined, 2)}\n`)
}
