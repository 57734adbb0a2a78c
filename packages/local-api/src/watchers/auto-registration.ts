/** Agents that register with the token, from one of the ranges, are approved at once. */
export interface AutoRegistration {
  /** 32 to 255 characters. */
  readonly token: string
  /** Addresses or CIDR ranges. */
  readonly ranges: readonly string[]
}
