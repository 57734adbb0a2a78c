import type { ActiveDecision } from '../lookup/active-decision.js'
import { type Pace, type Paced, through } from '../pacing/pace.js'
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
  readonly entries: Paced<ActiveDecision>
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
export async function selectEntries(selection: Selection): Promise<Paced<ActiveDecision>> {
  return decisionsOf(await limit(ranked(selection), selection))
}

interface Listed {
  readonly entry: ActiveDecision
  /** `undefined` for other scopes. */
  readonly network: Network | undefined
}

/**
 * Of the families and scopes asked for; of every remediation, since one network may stand inside
 * another.
 */
function listed({ entries, plan, tally }: Selection): Paced<Listed> {
  return through(entries, function* (entry): Generator<Listed> {
    if (entry.expiresAt <= plan.now) return
    const network = networkOf(entry)
    if (network === undefined && !plan.withOtherScopes) tally.otherScopes += 1
    else if (network === undefined || plan.families.includes(network.family)) {
      if (isWanted(plan, entry.remediation)) tally.origins.add(entry.origin)
      yield { entry, network }
    }
  })
}

const isWanted = ({ remediations }: ExportPlan, remediation: string) => remediations?.includes(remediation) ?? true

function wanted(selection: Selection): Paced<Network> {
  return through(networksOf(selection), (network) => (isWanted(selection.plan, network.remediation) ? [network] : []))
}

function* aggregated(selection: Selection): Generator<Network | undefined> {
  for (const { family, networks } of byFamily(networksOf(selection), selection.plan.families))
    yield* aggregate(family, networks, (remediation) => isWanted(selection.plan, remediation))
}

function networksOf(selection: Selection): Paced<Network> {
  return through(listed(selection), ({ network }) => (network === undefined ? [] : [network]))
}

function ranked(selection: Selection): Paced<Ranked & { readonly entry: ActiveDecision }> {
  return through(listed(selection), ({ entry, network }) => {
    const { remediation, expiresAt } = entry
    if (!isWanted(selection.plan, remediation)) return []
    return [{ entry, remediation, expiresAt, prefix: network?.prefix ?? Infinity }]
  })
}

function decisionsOf(items: Paced<{ readonly entry: ActiveDecision }>): Paced<ActiveDecision> {
  return through(items, ({ entry }) => [entry])
}

async function limit<T extends Ranked>(items: Paced<T>, { plan, tally, pace }: Selection): Promise<Paced<T>> {
  if (plan.maxEntries === Infinity) return counted(items, tally)
  const { kept, leftOut } = await mostImportant(items, plan.maxEntries, plan.remediations ?? ['ban', 'captcha'], pace)
  tally.leftOut = leftOut
  return counted(kept, tally)
}

function counted<T>(items: Paced<T>, tally: Tally): Paced<T> {
  return through(items, (item) => {
    tally.written += 1
    return [item]
  })
}

/**
 * One section after the other out of one pass; a pause belongs to the section that is being read.
 */
function* byFamily(networks: Paced<Network>, families: readonly (4 | 6)[]): Generator<Section> {
  const iterator = networks[Symbol.iterator]()
  let step = iterator.next()
  function* section(family: 4 | 6) {
    for (; step.done !== true && (step.value === undefined || step.value.family === family); step = iterator.next())
      yield step.value
  }
  for (const family of families) yield { family, networks: section(family) }
}
