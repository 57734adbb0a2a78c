import { readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { type OpenRequest, type RecordedRequest, ROUTE_NAMES, type RouteName } from './recorded-request.js'

/** Which requests a question is about; what is left out matches all. */
export interface RequestFilter {
  /** Only requests of this route. Default: of any. */
  readonly route?: RouteName
  /** Only requests answered so. Default: however. */
  readonly status?: number
}

const routeSchema = z.enum(ROUTE_NAMES)
const filterSchema = z.strictObject({ route: routeSchema.optional(), status: z.int().optional() })

/** How many requests are kept. */
export type RecordRequests = 'all' | 'summary' | number

/** Every request the emulator was sent. */
export class RequestRecord {
  #requests: OpenRequest[] = []
  readonly #counts = new Map<RouteName, Map<number | undefined, number>>()
  readonly #open = new Set<OpenRequest>()
  readonly #keep: number
  #total = 0

  constructor(keep: RecordRequests) {
    this.#keep = keep === 'all' ? Number.POSITIVE_INFINITY : keep === 'summary' ? 0 : keep
  }

  /** The requests that are kept (see the option `recordRequests`), oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests.slice(-this.#keep)
  }

  /** Gives the kept requests of one route, oldest first. */
  of(route: RouteName): RecordedRequest[] {
    readOptions('record.of', routeSchema, route, { root: 'route' })
    return this.requests.filter((request) => request.route === route)
  }

  /** Gives the newest kept request, of one route or of all. */
  last(route?: RouteName): RecordedRequest | undefined {
    readOptions('record.last', routeSchema.optional(), route, { root: 'route' })
    return this.requests.findLast((request) => route === undefined || request.route === route)
  }

  /** Counts the requests that arrived. Exact, also for those that are no longer kept. */
  count(filter: RequestFilter = {}): number {
    readOptions('record.count', filterSchema, filter)
    if (filter.route === undefined && filter.status === undefined) return this.#total
    let sum = 0
    for (const [route, statuses] of this.#counts) {
      if (filter.route !== undefined && route !== filter.route) continue
      if (filter.status !== undefined) sum += statuses.get(filter.status) ?? 0
      else for (const count of statuses.values()) sum += count
    }
    return sum
  }

  /** @internal */
  open(request: Omit<OpenRequest, 'number' | 'status' | 'fault' | 'problems'>): OpenRequest {
    this.#total += 1
    const opened = { number: this.#total, ...request, status: undefined, fault: undefined, problems: [] }
    this.#open.add(opened)
    this.#count(request.route, undefined, 1)
    if (this.#keep > 0) this.#requests.push(opened)
    // Trimmed in bulk: one shift per request would cost as much as the rest of the request.
    if (this.#requests.length > 2 * this.#keep) this.#requests = this.#requests.slice(-this.#keep)
    return opened
  }

  /** @internal */
  close(request: OpenRequest, status: number): void {
    request.status = status
    // A request from before a reset() must not turn up in the counts after it.
    if (!this.#open.delete(request)) return
    this.#count(request.route, undefined, -1)
    this.#count(request.route, status, 1)
  }

  /** Ends a request without an answer: the connection was lost, or the caller gave up. @internal */
  abandon(request: OpenRequest): void {
    this.#open.delete(request)
  }

  /** @internal */
  clear(): void {
    this.#requests = []
    this.#open.clear()
    this.#counts.clear()
    this.#total = 0
  }

  #count(route: RouteName, status: number | undefined, by: number): void {
    const statuses = this.#counts.get(route) ?? new Map<number | undefined, number>()
    statuses.set(status, (statuses.get(status) ?? 0) + by)
    this.#counts.set(route, statuses)
  }
}
