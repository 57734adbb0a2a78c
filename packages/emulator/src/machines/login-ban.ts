/** CAPI's ban by login count (docs/capi-protocol.md, Bans). */
export interface BanRule {
  /** Logins of one address that still pass within the window. @defaultValue 20 */
  readonly maxLogins?: number
  /** @defaultValue 3000000 (50 minutes) */
  readonly windowMs?: number
  /**
   * How long every call of the address is answered 403; each call during the ban starts it anew.
   * @defaultValue 3600000 (1 hour)
   */
  readonly banMs?: number
}

/** Counts logins per address and bans it past the threshold. */
export class LoginBan {
  readonly #rule: Required<BanRule>
  readonly #logins = new Map<string, number[]>()
  readonly #bannedUntil = new Map<string, number>()
  readonly #now: () => number

  constructor(rule: BanRule, now: () => number) {
    this.#rule = {
      maxLogins: rule.maxLogins ?? 20,
      windowMs: rule.windowMs ?? 3_000_000,
      banMs: rule.banMs ?? 3_600_000,
    }
    this.#now = now
  }

  /**
   * Tells whether this call is refused. To be asked once per call: it counts a login, and prolongs
   * a ban.
   */
  refuses(address: string, isLogin: boolean): boolean {
    const now = this.#now()
    const { maxLogins, windowMs, banMs } = this.#rule
    if ((this.#bannedUntil.get(address) ?? 0) <= now) {
      if (!isLogin) return false
      const recent = (this.#logins.get(address) ?? []).filter((at) => at > now - windowMs)
      recent.push(now)
      this.#logins.set(address, recent)
      if (recent.length <= maxLogins) return false
    }
    this.#bannedUntil.set(address, now + banMs)
    return true
  }

  clear(): void {
    this.#logins.clear()
    this.#bannedUntil.clear()
  }
}
