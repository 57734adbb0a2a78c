import * as z from 'zod'

/** CAPI v3 swagger `BlocklistLink`: plain text, one value a line. */
export const blocklistLinkSchema = z.looseObject({
  name: z.string(),
  url: z.string(),
  remediation: z.string(),
  scope: z.string(),
  duration: z.string(),
})

/** Where a blocklist is downloaded, and how its entries are to be treated. */
export type BlocklistLink = z.infer<typeof blocklistLinkSchema>

/** CAPI v3 swagger `AllowlistLink`: one JSON object a line. */
export const allowlistLinkSchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  url: z.string(),
  id: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
})

/** Where an allowlist is downloaded, and what it is called. */
export type AllowlistLink = z.infer<typeof allowlistLinkSchema>

/** One entry of `new` in CAPI v3 swagger `GetDecisionsStreamResponse`. */
export const newDecisionsSchema = z.looseObject({
  scenario: z.string(),
  scope: z.string(),
  decisions: z.array(z.looseObject({ value: z.string(), duration: z.string() })),
})

/** One entry of `deleted`. */
export const deletedDecisionsSchema = z.looseObject({ scope: z.string(), decisions: z.array(z.string()) })

/**
 * CAPI v3 swagger `GetDecisionsStreamResponse`. Each part may be missing or null
 * (docs/capi-protocol.md, Answer).
 */
export const decisionStreamSchema = z.looseObject({
  new: z.array(newDecisionsSchema).nullish(),
  deleted: z.array(deletedDecisionsSchema).nullish(),
  links: z
    .looseObject({
      blocklists: z.array(blocklistLinkSchema).nullish(),
      allowlists: z.array(allowlistLinkSchema).nullish(),
    })
    .nullish(),
})

/** The decision stream as CAPI sends it, read by {@link decisionStreamSchema}. */
export type DecisionStreamResponse = z.infer<typeof decisionStreamSchema>
