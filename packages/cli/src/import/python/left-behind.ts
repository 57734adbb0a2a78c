import type { SignalParts } from './to-signal.js'

/**
 * On SQLite, databases of before 2024-02 keep context and decisions whose signal was deleted, and give
 * its number to a new signal, which they hang on from then on. A decision about another value than the
 * signal's is such a rest; of context nobody can tell, so it comes along only where that was asked for.
 */
export class LeftBehind {
  readonly #isPossible: boolean
  readonly #takesContext: boolean
  #decisions = 0
  #context = 0

  constructor(isPossible: boolean, takesContext: boolean) {
    this.#isPossible = isPossible
    this.#takesContext = takesContext
  }

  /** The parts that are surely the signal's own. */
  without(parts: SignalParts): SignalParts {
    if (!this.#isPossible) return parts
    const { source } = parts
    const own = [source?.value, source?.ip, source?.range]
    const decisions = parts.decisions.filter(({ value }) => own.includes(value))
    const context = this.#takesContext ? parts.context : []
    this.#decisions += parts.decisions.length - decisions.length
    this.#context += parts.context.length - context.length
    return { ...parts, decisions, context }
  }

  notes(): readonly string[] {
    const decisions = `${this.#decisions} decisions are about another address than their signal's, rests of a deleted one: left out`
    const context = `${this.#context} pieces of context may be rests of deleted signals (this generation of the SDK mixes them up): left out; take them with --doubtful-context`
    return [...(this.#decisions > 0 ? [decisions] : []), ...(this.#context > 0 ? [context] : [])]
  }
}
