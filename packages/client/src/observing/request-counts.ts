import type { EventFeed } from './events.js'

/** Counts the requests and logins of one client since it was made. */
export class RequestCounts {
  readonly #requests = new Map<string, number>()
  #logins = 0

  constructor(events: EventFeed) {
    events.on('request', ({ endpoint, status }) => {
      const labels = `endpoint="${endpoint}",status="${status ?? 'none'}"`
      this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1)
    })
    events.on('login', () => {
      this.#logins += 1
    })
  }

  get logins(): number {
    return this.#logins
  }

  /** By label text, in the order of the labels. */
  get requests(): readonly (readonly [labels: string, count: number])[] {
    return [...this.#requests].sort(([a], [b]) => (a < b ? -1 : 1))
  }
}
