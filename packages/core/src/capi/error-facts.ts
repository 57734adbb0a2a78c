import { CapiResponseError, LoginBudgetError } from '../errors.js'

/** Says how long an error asks to wait, in milliseconds; 0 where it says nothing of it. */
export function retryAfterOf(error: unknown): number {
  return error instanceof CapiResponseError || error instanceof LoginBudgetError ? (error.retryAfterMs ?? 0) : 0
}

/** Gives what CAPI said when it refused a call; `undefined` where it said nothing. */
export function refusalText(error: unknown): string | undefined {
  return error instanceof CapiResponseError ? error.serverMessage : undefined
}
