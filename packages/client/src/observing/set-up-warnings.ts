import { isVersioned } from '@cscapi/core'
import type { ClientContext } from '../context.js'

/** Tells of what is allowed, and most likely a slip. */
export function warnOfSetUp({ capi, events }: ClientContext): void {
  if (isVersioned(capi.baseUrl)) return
  const message = `The base URL ${capi.baseUrl} has no version path; CAPI's calls are below one, e.g. ${capi.baseUrl}/v3`
  events.emit('warning', { code: 'base_url_unversioned', message })
}
