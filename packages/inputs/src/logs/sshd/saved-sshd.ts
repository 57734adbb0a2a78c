import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { EVENT_KINDS } from '../log-event.js'
import type { SshdConnection } from './sshd-connection.js'
import { SSHD_FORMS } from './sshd-forms.js'

const pairs = <Value extends z.ZodType>(value: Value) => z.array(z.tuple([z.string(), value]))

const connectionSchema = lazily(() =>
  z.object({
    port: z.string().nullable(),
    pids: pairs(z.string()),
    keys: z.array(z.string()),
    isAccepted: z.boolean(),
    lastAt: z.number(),
    /** By the place of the form among all. */
    told: z.array(z.tuple([z.int(), z.number()])),
    attempts: z.array(z.tuple([z.enum([...EVENT_KINDS, 'accepted', 'probe', 'end']), z.number()])),
  }),
)

const savedSchema = lazily(() =>
  z.object({
    clock: z.number(),
    last: z
      .object({
        at: z.number(),
        host: z.string(),
        program: z.string(),
        pid: z.union([z.string(), z.undefined()]),
        message: z.string(),
      })
      .nullable(),
    sweptAt: z.number(),
    /**
     * What connections are found by, in the order in which they were seen; and the place of each.
     */
    found: pairs(z.int()),
    connections: z.array(connectionSchema()),
    unidentified: pairs(z.number()),
    held: z.array(
      z.object({
        event: z.object({
          kind: z.enum(EVENT_KINDS),
          address: z.string(),
          at: z.number(),
          target: z.string(),
          status: z.number().exactOptional(),
          userAgent: z.string().exactOptional(),
          times: z.number().exactOptional(),
          line: z.number().exactOptional(),
        }),
        connection: z.int().nullable(),
      }),
    ),
  }),
)

/** What is known of a log of sshd between two lines, as JSON. */
export type SavedSshd = z.output<ReturnType<typeof savedSchema>>
export type SavedConnection = SavedSshd['connections'][number]

/** @throws ZodError for what no reader of sshd saved */
export function readSavedSshd(saved: unknown): SavedSshd | undefined {
  return saved === undefined || saved === null ? undefined : savedSchema().parse(saved)
}

export function saveConnection(connection: SshdConnection): SavedConnection {
  const { port, pids, keys, isAccepted, lastAt, told, attempts } = connection
  return {
    ...{ port: port ?? null, pids: [...pids], keys: [...keys], isAccepted, lastAt, attempts: [...attempts] },
    told: [...told].map(([form, times]) => [SSHD_FORMS.indexOf(form), times]),
  }
}

export function restoreConnection({ port, pids, keys, told, attempts, ...rest }: SavedConnection): SshdConnection {
  return {
    ...rest,
    ...{ port: port ?? undefined, pids: new Map(pids), keys: new Set(keys), attempts: new Map(attempts) },
    told: new Map(
      told.flatMap(([place, times]) => {
        const form = SSHD_FORMS[place]
        return form === undefined ? [] : [[form, times] as const]
      }),
    ),
  }
}
