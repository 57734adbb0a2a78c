import * as z from 'zod'

/**
 * What a program registers with the driver for its own statements, for all of them or in its pool,
 * must not reach ours: all values arrive as the server wrote them.
 */
export const asText = { getTypeParser: () => (text: unknown) => text }

export const bool = z.enum(['t', 'f']).transform((letter) => letter === 't')
