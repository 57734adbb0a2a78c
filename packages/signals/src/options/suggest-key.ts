import leven from 'leven'

/**
 * What other programs call an option, and what it is called here: `user_agent_prefix` →
 * `userAgentPrefix`.
 */
export type KeyAliases = ReadonlyMap<string, string>

/**
 * Gives the known key that was probably meant: the one that other programs give another name, else
 * the one that differs by case, dashes and underscores alone, else the one that is a few slips
 * away. `undefined` where none is near.
 */
export function suggestKey(key: string, known: Iterable<string>, aliases?: KeyAliases): string | undefined {
  const alias = aliases?.get(key)
  if (alias !== undefined) return alias
  const wanted = simple(key)
  const most = wanted.length < 3 ? 0 : Math.floor((wanted.length + 2) / 3)
  let nearest: { name: string; slips: number } | undefined
  for (const name of known) {
    const slips = slipsBetween(wanted, simple(name), most)
    if (slips <= most && slips < (nearest?.slips ?? Number.POSITIVE_INFINITY)) nearest = { name, slips }
  }
  return nearest?.name
}

/**
 * Letters that were added, left out or mistaken, or two beside each other that were swapped once.
 * More than `most` need not be exact.
 */
function slipsBetween(wanted: string, name: string, most: number): number {
  if (Math.abs(wanted.length - name.length) > most) return most + 1
  let slips = leven(wanted, name)
  if (slips <= 1) return slips
  for (let at = 0; at + 1 < wanted.length; at += 1) {
    const swapped = wanted.slice(0, at) + wanted.charAt(at + 1) + wanted.charAt(at) + wanted.slice(at + 2)
    slips = Math.min(slips, 1 + leven(swapped, name))
  }
  return slips
}

/** Long keys are cut, since each letter of a comparison costs. */
function simple(key: string): string {
  return key
    .slice(0, 64)
    .replace(/[-_\s]/g, '')
    .toLowerCase()
}
