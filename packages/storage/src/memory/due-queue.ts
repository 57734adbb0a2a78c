import { CLOCK_NOISE_MS, isFromAhead } from '../instant.js'

interface Slot {
  readonly dueAt: number
  /** When `dueAt` was written. */
  readonly putAt: number
  readonly order: number
  readonly id: string
}

/**
 * Ids in the order of the time at which they are due; each operation costs O(log n). Changing an
 * id's time leaves its old slot behind, which is dropped when it comes up or when such slots
 * prevail. Times that were written under a clock which has been put back since are due now.
 */
export class DueQueue {
  #heap: Slot[] = []
  readonly #current = new Map<string, Slot>()
  #order = 0
  /** No slot was written later. */
  #latest = Number.NEGATIVE_INFINITY

  /** Sets when the id is due; `undefined`: not at all. */
  set(id: string, dueAt: number | undefined, now: number): void {
    this.#latest = Math.max(this.#latest, now)
    if (dueAt === undefined) {
      this.#current.delete(id)
      return
    }
    this.#order += 1
    const slot = { dueAt, putAt: now, order: this.#order, id }
    this.#current.set(id, slot)
    if (this.#heap.length > 2 * this.#current.size + 64) this.#dropOldSlots()
    else this.#push(slot)
  }

  /** Gives the id that has been due longest. It stays. */
  first(now: number): string | undefined {
    if (isFromAhead(this.#latest, now)) this.#wakeFromAhead(now)
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined) return undefined
      if (this.#current.get(top.id) === top) return top.dueAt <= now ? top.id : undefined
      this.#pop()
    }
  }

  #wakeFromAhead(now: number): void {
    for (const { id, putAt } of [...this.#current.values()]) if (isFromAhead(putAt, now)) this.set(id, now, now)
    this.#latest = now + CLOCK_NOISE_MS
  }

  /** Slots in order are a heap. */
  #dropOldSlots(): void {
    this.#heap = [...this.#current.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1))
  }

  #push(slot: Slot): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(slot)
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt]
      if (parent === undefined || !isBefore(slot, parent)) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = slot
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      if (left === undefined) break
      const goesRight = right !== undefined && isBefore(right, left)
      const child = goesRight ? right : left
      if (!isBefore(child, last)) break
      heap[at] = child
      at = goesRight ? 2 * at + 2 : 2 * at + 1
    }
    heap[at] = last
  }
}

function isBefore(a: Slot, b: Slot): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order)
}
