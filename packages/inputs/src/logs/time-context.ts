/** What times without a year or a zone are read by. */
export interface TimeContext {
  /** Epoch milliseconds: a time without a year is of the latest year that is not ahead of this. */
  readonly now: number
  /** Times without a zone are UTC; otherwise the zone of this host. */
  readonly utc: boolean
}
