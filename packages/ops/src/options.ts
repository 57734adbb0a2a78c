import type { CapiClient, Clock } from '@cscapi/client'
import { lazily, readOptions } from '@cscapi/signals'
import * as z from 'zod'

/** What is asked of a client; every `CapiClient` has it. */
export type OpsClient = Pick<
  CapiClient,
  | 'blocklistSources'
  | 'decisions'
  | 'isStarted'
  | 'machines'
  | 'on'
  | 'prometheus'
  | 'purgeRejected'
  | 'requeueRejected'
  | 'reviveMachines'
  | 'signalPage'
  | 'stats'
>

/** Options of {@link createOps}. */
export interface OpsOptions {
  /**
   * What whoever asks has to know: 16 to 256 characters, as the header `Authorization: Bearer …` or
   * in the login form. Without it, only who connects from this very host is answered.
   */
  readonly token?: string
  /**
   * Names under which browsers reach the page, as in the address bar, without a port: beside
   * `localhost` and addresses in digits. Default: none.
   */
  readonly hosts?: readonly string[]
  /** The path below which your server mounts the handler, such as `/ops`. Default `/`. */
  readonly basePath?: string
  /** Switches the actions off: requeue, purge and revive. Default false. */
  readonly readOnly?: boolean
  /**
   * Whether `/ready` and the page ask for a scheduler that runs. Set it to false in a program that
   * never calls `client.start()`. Default true.
   */
  readonly expectScheduler?: boolean
  /** Default: the host's clock, whose timers keep no process alive. */
  readonly clock?: Clock
}

/** {@link OpsOptions} with every default filled in. */
export type ResolvedOps = z.output<ReturnType<typeof opsSchema>>

const callable = z.custom<(...input: never[]) => unknown>((value) => typeof value === 'function', 'must be a function')

const clockSchema = z.custom<Clock>(
  (value) => z.object({ now: callable, sleep: callable }).safeParse(value).success,
  'must have now() and sleep(ms, signal)',
)

/** Gives the fields of {@link OpsOptions}, for whoever takes more than them. */
export const opsFields = () => ({
  token: z
    .string()
    .min(16)
    .max(256)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without blanks')
    .optional(),
  hosts: z
    .array(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i, 'must be a host name without a port'))
    .default([]),
  basePath: z
    .string()
    .regex(/^\/([\w~-][\w.~-]*\/?)*$/, 'must be a path that begins with /, such as /ops')
    .default('/'),
  readOnly: z.boolean().default(false),
  expectScheduler: z.boolean().default(true),
  clock: clockSchema.optional(),
})

const opsSchema = lazily(() => z.strictObject(opsFields()))

/** Below these an option holds what no error shows. */
export const SECRETS: ReadonlySet<string> = new Set(['token'])

/** What others call an option. */
export const ALIASES = new Map([
  ['password', 'token'],
  ['secret', 'token'],
  ['path', 'basePath'],
  ['prefix', 'basePath'],
  ['allowedHosts', 'hosts'],
  ['readonly', 'readOnly'],
])

/** @throws InputError that lists every option that is wrong */
export function readOpsOptions(options: OpsOptions): ResolvedOps {
  return readOptions('The operations page was not made', opsSchema(), options, { secrets: SECRETS, aliases: ALIASES })
}
