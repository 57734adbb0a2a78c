import { readTokenClaims } from '@cscapi/core'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { callForMachine } from '../calling/call-for-machine.js'
import { pushMetrics } from '../calling/push-metrics.js'
import { fields } from '../calling/read-call.js'
import type { ClientContext } from '../context.js'

/** What {@link CapiClient.verify} found to be in order. */
export interface Verification {
  /** The CAPI that is called, with its version path. */
  readonly baseUrl: string
  /** What every request calls itself. */
  readonly userAgent: string
  /** The adapter's name. */
  readonly storage: string
  /** Only when a machine was asked about. */
  readonly machine?: {
    readonly machineId: string
    /** Epoch milliseconds; `undefined` when CAPI does not say. */
    readonly tokenExpiresAt: number | undefined
    /**
     * Whether the token says that the machine belongs to a console account. Shows in the first
     * token after the enrolment was accepted.
     */
    readonly enrolled: boolean
  }
}

export const verifyOptionsSchema = lazily(() =>
  z.strictObject({ machineId: fields.machineId().optional(), signal: fields.signal() }),
)

export async function verifyClient(
  context: ClientContext,
  machineId: string | undefined,
  signal: AbortSignal,
): Promise<Verification> {
  const { capi, storage, options } = context
  const found = { baseUrl: capi.baseUrl, userAgent: capi.userAgent, storage: storage.name }
  if (machineId === undefined) return found
  const call = { machineId, endpoint: 'metrics', signal } as const
  const token = await callForMachine(context, call, async (value) => {
    await pushMetrics(context, machineId, value, signal)
    return value
  })
  const expiresInMs = (await storage.getMachine(machineId))?.token?.expiresInMs
  const tokenExpiresAt = expiresInMs === undefined ? undefined : options.clock.now() + expiresInMs
  return {
    ...found,
    machine: { machineId, tokenExpiresAt, enrolled: readTokenClaims(token).organizationId !== undefined },
  }
}
