import type { SeedDecision } from './seeds.js'

/** One decision of the community blocklist. */
export interface Entry {
  readonly value: string
  readonly scope: string
  readonly scenario: string
  readonly duration: string
  /** The change that it came with. */
  readonly sequence: number
}

/** Writes `"new"` in CAPI's grouped form (docs/capi-protocol.md, Answer). */
export function toNewJson(entries: readonly Entry[]): string {
  return JSON.stringify(
    groupBy(
      entries,
      ({ scenario, scope }) => JSON.stringify([scenario, scope]),
      (group, { scenario, scope }) => ({
        scenario,
        scope,
        decisions: group.map(({ value, duration }) => ({ value, duration })),
      }),
    ),
  )
}

/** Fills in what a seed leaves out. */
export function toEntry({ value, scope, scenario, duration }: SeedDecision, sequence: number): Entry {
  return {
    sequence,
    value,
    scope: scope ?? (value.includes('/') ? 'Range' : 'Ip'),
    scenario: scenario ?? 'crowdsecurity/community-blocklist',
    duration: duration ?? '24h',
  }
}

/** Tells entries apart that an address is not removed for as long as any of them names it. */
export function keyOf({ scope, value }: Entry): string {
  return `${scope} ${value}`
}

/** Tells entries apart by all that they say. */
export function wholeKeyOf({ scope, value, scenario, duration }: Entry): string {
  return JSON.stringify([scope, value, scenario, duration])
}

/** Gives `"deleted"` in the same form. */
export function toDeleted(entries: readonly Entry[]): unknown[] {
  return groupBy(
    entries,
    ({ scope }) => scope,
    (group, { scope }) => ({ scope, decisions: group.map(({ value }) => value) }),
  )
}

function groupBy<Group>(
  entries: readonly Entry[],
  keyOfGroup: (entry: Entry) => string,
  toGroup: (members: readonly Entry[], first: Entry) => Group,
): Group[] {
  const groups = new Map<string, [Entry, ...Entry[]]>()
  for (const entry of entries) {
    const key = keyOfGroup(entry)
    const members = groups.get(key)
    if (members) members.push(entry)
    else groups.set(key, [entry])
  }
  return [...groups.values()].map((members) => toGroup(members, members[0]))
}
