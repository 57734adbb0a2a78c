/** A behaviour, and how much of it makes an attack. */
export interface AttackRule extends Bucket {
  /** A scenario of the CrowdSec hub that means the same, else one of our own. */
  readonly scenario: string
  /** Count different things only, those that {@link AttackEvent.distinct} names. */
  readonly distinct?: boolean
  /** What it is called when there is much of it, but never so dense. */
  readonly slow?: Bucket & { readonly scenario: string }
}

/**
 * The hub's bucket: each event fills it by one, it leaks one per `leakMs`, and more than `capacity`
 * make an attack. With capacity 0 one event does.
 */
export interface Bucket {
  readonly capacity: number
  readonly leakMs: number
}

/** One event is an attack. */
export const ONE_EVENT: Bucket = { capacity: 0, leakMs: 1_000 }

/** The rules of a format by the names that its events bear. */
export type AttackRules = ReadonlyMap<string, AttackRule>

/** @throws Error where a format tells of an attack that it has no rule for */
export function ruleNamed(rules: AttackRules, name: string): AttackRule {
  const rule = rules.get(name)
  if (rule === undefined) throw new Error(`No rule for ${name}`)
  return rule
}

/** @param isOver whether the bucket ran over; otherwise the slow one did */
export function scenarioOf(rules: AttackRules, name: string, isOver: boolean): string {
  const { scenario, slow } = ruleNamed(rules, name)
  return isOver ? scenario : (slow?.scenario ?? scenario)
}
