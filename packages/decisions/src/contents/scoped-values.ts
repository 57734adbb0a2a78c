/** Values of other scopes, each by its {@link scopedKey}. */
export type ScopedValues = Map<string, ScopedValue>

export interface ScopedValue {
  readonly scope: string
  readonly value: string
  readonly reason: string
  readonly expiresAt: number
}

/** Countries and AS numbers are compared without regard to case; other values as they are. */
function comparable(scope: string, value: string): string {
  return /^(country|as)$/i.test(scope) ? value.trim().toUpperCase() : value.trim()
}

/**
 * What a value of another scope is found by. The length tells where the scope ends, whatever is in
 * it.
 */
export function scopedKey(scope: string, value: string): string {
  const folded = scope.toLowerCase()
  return `${folded.length}:${folded}${comparable(scope, value)}`
}

/** Adds a value, unless it is there with an expiry that is as late or later. */
export function setScopedLater(scoped: ScopedValues, entry: ScopedValue): void {
  const key = scopedKey(entry.scope, entry.value)
  const before = scoped.get(key)
  if (before === undefined || entry.expiresAt > before.expiresAt) scoped.set(key, entry)
}
