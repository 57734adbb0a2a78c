import type { Sensitive } from './format.js'

/** Gives a path as it may be told: what stands behind `?` may hold a token. */
export function withoutQuery(path: string, include: ReadonlySet<Sensitive>): string {
  return include.has('queries') ? path : path.replace(/[?#].*$/s, '')
}
