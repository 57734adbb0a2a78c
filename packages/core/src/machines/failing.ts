import { CapiAuthError } from '../errors.js'
import type { FailingReason, Machine } from './machine-store.js'

const WHY = {
  credentials_refused: 'CAPI refuses its stored password',
  machine_id_taken: 'this id is registered with a password that is not ours: choose another machine id',
  machine_refused: 'CAPI refuses this machine: ask the console, or choose another machine id',
  register_refused: 'CAPI refuses to register this id',
  unauthorized: 'CAPI refuses its tokens, fresh ones too',
} satisfies Record<FailingReason, string>

/**
 * Builds the error of a machine that is left alone from now on, or already is (`machine_failing`).
 */
export function failingError(
  machineId: string,
  code: FailingReason | 'machine_failing',
  { reason, message, retryAfterMs }: { reason: FailingReason; message: string | undefined; retryAfterMs: number },
): CapiAuthError {
  const minutes = Math.ceil(retryAfterMs / 60_000)
  return new CapiAuthError(
    code,
    `Machine ${machineId} is failing: ${WHY[reason]} (${message ?? 'no message'}); it is tried again in ${minutes} min`,
    { endpoint: 'POST /watchers/login', status: 403, serverMessage: message, retryAfterMs, machineId },
  )
}

/**
 * Lets a machine pass that is not left alone.
 *
 * @throws CapiAuthError `machine_failing` while it is.
 */
export function assertNotFailing(machine: Machine | undefined): void {
  if (machine?.failing === undefined || machine.failing.retryInMs <= 0) return
  const { reason, message, retryInMs } = machine.failing
  throw failingError(machine.machineId, 'machine_failing', { reason, message, retryAfterMs: retryInMs })
}
