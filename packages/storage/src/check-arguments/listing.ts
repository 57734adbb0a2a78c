import { unknownKeyIssues } from '@cscapi/signals'
import type { SignalFilter } from '../port.js'
import { assertObject, isCount, isDuration, issueUnless, refuse } from './rules.js'

const FILTER_KEYS: readonly (keyof SignalFilter)[] = ['status', 'machineId', 'olderThanMs']
const STATUSES: readonly unknown[] = ['pending', 'rejected', 'sent', undefined]

/** Checks of what is listed, deleted and put back. */
export const listingChecks = {
  page(limit: number): void {
    refuse(issueUnless(isCount(limit), 'limit', limit, 'must be a whole number above 0'))
  },

  /** Where a listing goes on, and how far. */
  pageOptions(page: { after?: string; limit?: number }): void {
    assertObject('page', page)
    listingChecks.page(page.limit ?? 100)
    refuse(issueUnless(page.after === undefined || typeof page.after === 'string', 'after', page.after, 'must be text'))
  },

  /** Refuses a filter that is not understood: it would match too much. */
  filter(filter: SignalFilter): void {
    assertObject('filter', filter)
    const { status, machineId, olderThanMs } = filter
    const isText = machineId === undefined || typeof machineId === 'string'
    refuse([
      ...unknownKeyIssues(filter, FILTER_KEYS, { path: 'filter' }),
      ...issueUnless(STATUSES.includes(status), 'filter.status', status, 'must be "pending", "rejected" or "sent"'),
      ...issueUnless(isText, 'filter.machineId', machineId, 'must be text'),
      ...issueUnless(
        olderThanMs === undefined || isDuration(olderThanMs),
        'filter.olderThanMs',
        olderThanMs,
        'must be 0 milliseconds or more',
      ),
    ])
  },
}
