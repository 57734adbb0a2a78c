import prettyMs from 'pretty-ms'

/** `3h 12m`, `45s`: the two largest units say enough. */
export const duration = (ms: number) => (ms < 1_000 ? '0s' : prettyMs(ms, { unitCount: 2, secondsDecimalDigits: 0 }))

export const ago = (ms: number) => `${duration(ms)} ago`

/** An instant, to the second. */
export const instant = (epochMs: number) => `${new Date(epochMs).toISOString().slice(0, 19)}Z`
