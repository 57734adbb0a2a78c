import type { Figure } from '../figure.js'

/** Numbers that one process measured, by name, e.g. `{ cpuUs: 12.5, stored: 1000 }`. */
export type Numbers = Readonly<Record<string, number>>

export interface Setting {
  /** A folder of this process alone, which is removed after it. */
  readonly folder: string
  /** Whether only a little is asked for, to see that it runs and counts right: CI does. */
  readonly isSmall: boolean
}

/** What is measured in a fresh process: a candidate or a baseline. */
export type Side = (setting: Setting) => Promise<Numbers> | Numbers

/** A number of a side, e.g. `['ours', 'cpuUs']`. */
export type Reading = readonly [side: string, number: string]

export type Limit = { readonly atLeast: number } | { readonly atMost: number }

/**
 * What a row should be: its ratio, or ours alone, within a limit; or ours equal to the baseline in
 * every round, which a small run asserts too.
 */
export type Goal = { readonly ratio: Limit } | { readonly ours: Limit } | 'equal'

export interface Row {
  readonly name: string
  readonly unit: 'ns' | 'µs' | 'ms' | '/s' | 'MiB' | 'bytes' | ''
  readonly ours: Reading
  readonly baseline?: Reading
  readonly goal?: Goal
}

/** Sides that are measured in turn, each time in a fresh process, and what is told of them. */
export interface Contest {
  readonly sides: Readonly<Record<string, Side>>
  readonly rows: readonly Row[]
  /** How often each side is measured. Default 5; a small run measures once. */
  readonly rounds?: number
}

/** One that goes through its rounds by itself, in one fresh process. */
export interface OneProcess {
  readonly figures: (setting: Setting) => Promise<readonly Figure[]>
}

export type Bench = Contest | OneProcess
