import type { BouncerInfo, KeyRing } from './bouncer-keys.js'
import { findByKey, hashOf } from './key-hash.js'

/** A bouncer whose key stands in a configuration. */
export interface FixedKey {
  readonly name: string
  /** 16 to 1,024 characters. */
  readonly key: string
}

/** Keys that are given at the start and stay. */
export class FixedKeys implements KeyRing {
  readonly #known: readonly (BouncerInfo & { readonly hash: string })[]

  constructor(keys: readonly FixedKey[], now: number) {
    this.#known = keys.map(({ name, key }) => ({ name, hash: hashOf(key), createdAt: now }))
  }

  async find(key: string): Promise<BouncerInfo | undefined> {
    const found = findByKey(this.#known, key)
    return found && { name: found.name, createdAt: found.createdAt }
  }
}
