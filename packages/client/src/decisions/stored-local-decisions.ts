import { CscapiError, getJsonState, type StateStore, stateKeys, toJsonState } from '@cscapi/core'
import type { KeptLocalDecisions, LocalDecision, LocalDecisionKeeper } from '@cscapi/decisions'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'

/** `id, uuid, scope, value, remediation, reason, origin, createdAt, expiresAt` */
const rowSchema = () =>
  z.tuple([
    z.int().min(1),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.number(),
    z.number(),
  ])

const keptSchema = lazily(() => z.object({ nextId: z.int().min(1), rows: z.array(rowSchema()) }))

const NONE: KeptLocalDecisions = { nextId: 1, decisions: [] }

/** Local decisions in the store: every process has the same, and so has the next start. */
export class StoredLocalDecisions implements LocalDecisionKeeper {
  readonly #state: StateStore
  readonly #onDamage: () => void
  #version = 0
  #kept = NONE

  /** `onDamage` is called when what is stored cannot be read: it begins anew then. */
  constructor(state: StateStore, onDamage: () => void) {
    this.#state = state
    this.#onDamage = onDamage
  }

  async read(): Promise<KeptLocalDecisions> {
    const stored = await getJsonState(this.#state, stateKeys.localDecisions, keptSchema())
    if ((stored?.version ?? 0) === this.#version) return this.#kept
    if (stored !== undefined && stored.value === undefined) this.#onDamage()
    this.#version = stored?.version ?? 0
    this.#kept =
      stored?.value === undefined ? NONE : { nextId: stored.value.nextId, decisions: stored.value.rows.map(decisionOf) }
    return this.#kept
  }

  async update(change: (kept: KeptLocalDecisions) => KeptLocalDecisions): Promise<KeptLocalDecisions> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const kept = change(await this.read())
      const bytes = toJsonState({ nextId: kept.nextId, rows: kept.decisions.map(rowOf) })
      const version = await this.#state.setState(stateKeys.localDecisions, bytes, { ifVersion: this.#version })
      if (version === undefined) continue
      this.#version = version
      this.#kept = kept
      return kept
    }
    const message = 'Other processes change the local decisions all the time; none was changed here'
    throw new CscapiError('lock_busy', message, { retryable: true })
  }
}

const TRIES = 100

const rowOf = (one: LocalDecision): z.infer<ReturnType<typeof rowSchema>> => [
  one.id,
  one.uuid,
  one.scope,
  one.value,
  one.remediation,
  one.reason,
  one.origin,
  one.createdAt,
  one.expiresAt,
]

function decisionOf([id, uuid, scope, value, remediation, reason, origin, createdAt, expiresAt]: z.infer<
  ReturnType<typeof rowSchema>
>): LocalDecision {
  return { id, uuid, scope, value, remediation, reason, origin, createdAt, expiresAt }
}
