/** Nobody wraps an error more often; one may be its own cause. */
const MOST = 8

/** Gives what was thrown, then its causes, as far as they are objects. */
export function causesOf(thrown: unknown): readonly object[] {
  const chain: object[] = []
  for (let at = thrown; typeof at === 'object' && at !== null && chain.length < MOST; at = Reflect.get(at, 'cause'))
    chain.push(at)
  return chain
}

/**
 * Gives the code of one error as Node, OpenSSL and undici have them, e.g. `ECONNREFUSED`: a plain
 * word, which is safe to show.
 */
export function systemCode(error: object): string | undefined {
  const code: unknown = Reflect.get(error, 'code')
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : undefined
}

/** Gives the first such code of what was thrown and its causes. */
export function systemCodeOf(thrown: unknown): string | undefined {
  return causesOf(thrown).map(systemCode).find(Boolean)
}
