import { createHash } from 'node:crypto'
import { type StateStore, stateKeys } from '@cscapi/core'

const BYTES = 8

/**
 * Which signals were taken over, by eight bytes of a hash each. A store forgets the uuid of a signal
 * once it is sent: without this, a second import would send everything again.
 */
export class ImportedSignals {
  readonly #state: StateStore
  readonly #known = new Set<bigint>()
  #chunks = 0

  private constructor(state: StateStore) {
    this.#state = state
  }

  static async load(state: StateStore): Promise<ImportedSignals> {
    const imported = new ImportedSignals(state)
    for (;;) {
      const chunk = await state.getState(stateKeys.importedSignals(imported.#chunks))
      if (chunk === undefined) return imported
      const bytes = Buffer.from(chunk.value)
      for (let at = 0; at + BYTES <= bytes.length; at += BYTES) imported.#known.add(bytes.readBigUInt64LE(at))
      imported.#chunks += 1
    }
  }

  has(key: bigint): boolean {
    return this.#known.has(key)
  }

  /** Writes down signals that the store has now. */
  async add(keys: readonly bigint[]): Promise<void> {
    const fresh = keys.filter((key) => !this.#known.has(key))
    if (fresh.length === 0) return
    const bytes = Buffer.alloc(fresh.length * BYTES)
    for (const [index, key] of fresh.entries()) bytes.writeBigUInt64LE(key, index * BYTES)
    // Another import may be writing, too: each takes the next number that is free.
    while ((await this.#state.setState(stateKeys.importedSignals(this.#chunks), bytes, { ifVersion: 0 })) === undefined)
      this.#chunks += 1
    this.#chunks += 1
    for (const key of fresh) this.#known.add(key)
  }
}

/** What a signal is known by. */
export function keyOf(machineId: string, uuid: string): bigint {
  return createHash('sha256').update(`${machineId} ${uuid.toLowerCase()}`).digest().readBigUInt64LE(0)
}
