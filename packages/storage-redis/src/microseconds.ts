import { whole } from './reply.js'

// Scripts count time in microseconds of the server's clock.

export const toUs = (ms = 0) => Math.round(ms * 1_000)

export const toMs = (reply: unknown) => Math.round(whole(reply) / 1_000)
