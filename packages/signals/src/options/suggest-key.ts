import { closestMatch } from 'leven'

/** What other programs call an option, and what it is called here: `user_agent_prefix` → `userAgentPrefix`. */
export type KeyAliases = ReadonlyMap<string, string>

/**
 * The known key that was probably meant: the one that other programs give another name, else the one that differs by
 * case, dashes and underscores alone, else the one that is a few letters away. `undefined` where none is near.
 */
export function suggestKey(key: string, known: Iterable<string>, aliases?: KeyAliases): string | undefined {
  const alias = aliases?.get(key)
  if (alias !== undefined) return alias
  const keyOfSimple = new Map([...known].map((name) => [simple(name), name]))
  const wanted = simple(key)
  const closest = closestMatch(wanted, [...keyOfSimple.keys()], { maxDistance: Math.floor(wanted.length / 3) })
  return closest === undefined ? undefined : keyOfSimple.get(closest)
}

/** Long keys are cut, since each letter of a comparison costs. */
function simple(key: string): string {
  return key
    .slice(0, 64)
    .replace(/[-_\s]/g, '')
    .toLowerCase()
}
