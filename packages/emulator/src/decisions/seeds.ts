import * as z from 'zod'

/** One entry of the community blocklist that the stream hands out. */
export interface SeedDecision {
  /** Address, range, or whatever the scope calls for. */
  readonly value: string
  /** @defaultValue `'Range'` when the value contains a slash, else `'Ip'` */
  readonly scope?: string | undefined
  /** @defaultValue `'crowdsecurity/community-blocklist'` */
  readonly scenario?: string | undefined
  /** Go duration; real ones have no days. @defaultValue `'24h'` */
  readonly duration?: string | undefined
}

/** A blocklist that the stream links to and the emulator serves as text, one value a line. */
export interface SeedBlocklist {
  readonly name: string
  /** Addresses and ranges, one a line of the download. */
  readonly values: readonly string[]
  /** @defaultValue `'ban'` */
  readonly remediation?: string | undefined
  /** @defaultValue `'ip'` */
  readonly scope?: string | undefined
  /** Go duration. @defaultValue `'24h'` */
  readonly duration?: string | undefined
}

/** An entry of an allowlist; wire names, as CAPI's own allowlist files have them. */
export interface SeedAllowlistItem {
  /** Address or range. */
  readonly value: string
  /** @defaultValue `'range'` when the value contains a slash, else `'ip'` */
  readonly scope?: string | undefined
  /** For people. Default: none. */
  readonly description?: string | undefined
  /** RFC 3339. */
  readonly created_at?: string | undefined
  /** RFC 3339; absent: never. */
  readonly expiration?: string | undefined
}

/** An allowlist that the stream links to and the emulator serves as one JSON object a line. */
export interface SeedAllowlist {
  readonly name: string
  /** A text is short for `{ value }`. */
  readonly items: readonly (string | SeedAllowlistItem)[]
  /** @defaultValue the name */
  readonly id?: string | undefined
  /** @defaultValue `''` */
  readonly description?: string | undefined
}

const text = z.string().min(1)

/** What there are enough addresses for, and time to make them. */
export const MOST_DECISIONS = 1_000_000

export const decisionsSeedSchema = z.union([
  z.int().nonnegative().max(MOST_DECISIONS),
  z.array(
    z.strictObject({ value: text, scope: text.optional(), scenario: text.optional(), duration: text.optional() }),
  ),
])

export const blocklistsSeedSchema = z.array(
  z.strictObject({
    name: text,
    values: z.array(text),
    remediation: text.optional(),
    scope: text.optional(),
    duration: text.optional(),
  }),
)

const allowlistItemSchema = z.strictObject({
  value: text,
  scope: text.optional(),
  description: z.string().optional(),
  created_at: text.optional(),
  expiration: text.optional(),
})

export const allowlistsSeedSchema = z.array(
  z.strictObject({
    name: text,
    items: z.array(z.union([text, allowlistItemSchema])),
    id: text.optional(),
    description: z.string().optional(),
  }),
)
