import type { ActiveDecision } from '../active-decision.js'
import type { Pace } from '../pace.js'
import { aggregate } from './aggregate.js'
import type { Section } from './format.js'
import { mostImportant, type Ranked } from './importance.js'
import { type Network, networkOf } from './network.js'
import type { ExportPlan } from './options.js'

/** What is known of an export once its last line has been taken. */
export interface Tally {
  written: number
  leftOut: number
  otherScopes: number
  /** Where what is written comes from. */
  readonly origins: Set<string>
}

/** Entries of a set, IPv4 before IPv6, ascending; and what is to be written of them. */
export interface Selection {
  readonly entries: Iterable<ActiveDecision>
  readonly plan: ExportPlan
  readonly tally: Tally
  readonly pace: Pace
}

/** The networks to write, by family. */
export async function selectNetworks(selection: Selection): Promise<Iterable<Section>> {
  const { plan } = selection
  const networks = await limit(plan.aggregate ? aggregated(selection) : wanted(selection), selection)
  return byFamily(networks, plan.families)
}

/** The entries to write, in the order of the set. */
export async function selectEntries(selection: Selection): Promise<Iterable<ActiveDecision>> {
  return decisionsOf(await limit(ranked(selection), selection))
}

interface Listed {
  readonly entry: ActiveDecision
  /** `undefined` for other scopes. */
  readonly network: Network | undefined
}

/** Of the families and scopes asked for; of every remediation, since one network may stand inside another. */
function* listed({ entries, plan, tally }: Selection): Generator<Listed> {
  for (const entry of entries) {
    if (entry.expiresAt <= plan.now) continue
    const network = networkOf(entry)
    if (network === undefined && !plan.withOtherScopes) tally.otherScopes += 1
    else if (network === undefined || plan.families.includes(network.family)) {
      if (isWanted(plan, entry.remediation)) tally.origins.add(entry.origin)
      yield { entry, network }
    }
  }
}

const isWanted = ({ remediations }: ExportPlan, remediation: string) => remediations?.includes(remediation) ?? true

function* wanted(selection: Selection): Generator<Network> {
  for (const { network } of listed(selection))
    if (network !== undefined && isWanted(selection.plan, network.remediation)) yield network
}

function* aggregated(selection: Selection): Generator<Network> {
  for (const { family, networks } of byFamily(networksOf(listed(selection)), selection.plan.families))
    yield* aggregate(family, networks, (remediation) => isWanted(selection.plan, remediation))
}

function* networksOf(items: Iterable<Listed>): Generator<Network> {
  for (const { network } of items) if (network !== undefined) yield network
}

function* ranked(selection: Selection): Generator<Ranked & { readonly entry: ActiveDecision }> {
  for (const { entry, network } of listed(selection)) {
    const { remediation, expiresAt } = entry
    if (isWanted(selection.plan, remediation))
      yield { entry, remediation, expiresAt, prefix: network?.prefix ?? Infinity }
  }
}

function* decisionsOf(items: Iterable<{ readonly entry: ActiveDecision }>): Generator<ActiveDecision> {
  for (const { entry } of items) yield entry
}

async function limit<T extends Ranked>(items: Iterable<T>, { plan, tally, pace }: Selection): Promise<Iterable<T>> {
  if (plan.maxEntries === Infinity) return counted(items, tally)
  const { kept, leftOut } = await mostImportant(items, plan.maxEntries, plan.remediations ?? ['ban', 'captcha'], pace)
  tally.leftOut = leftOut
  return counted(kept, tally)
}

function* counted<T>(items: Iterable<T>, tally: Tally): Generator<T> {
  for (const item of items) {
    tally.written += 1
    yield item
  }
}

/** One section after the other out of one pass. */
function* byFamily(networks: Iterable<Network>, families: readonly (4 | 6)[]): Generator<Section> {
  const iterator = networks[Symbol.iterator]()
  let step = iterator.next()
  function* section(family: 4 | 6) {
    for (; step.done !== true && step.value.family === family; step = iterator.next()) yield step.value
  }
  for (const family of families) yield { family, networks: section(family) }
}
