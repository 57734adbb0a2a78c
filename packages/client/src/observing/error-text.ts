import type { CscapiError } from '@cscapi/core'
import { withoutCode } from '../errors.js'

const MAX_TEXT = 500

/**
 * Says an error as a problem, a pause or a log does: without its code, without the machine's id,
 * and not at any length.
 */
export function textOf(error: CscapiError, machineId: string): string {
  return cut(withoutCode(error).replaceAll(`Machine ${machineId}`, 'A machine').replaceAll(machineId, '[machine]'))
}

export function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`
}
