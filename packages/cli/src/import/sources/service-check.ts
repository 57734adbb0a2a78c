import { type Environment, resolveBaseUrl } from '@cscapi/core'

/** Says why credentials of a service, by name or by URL, are of no use in this store; `undefined` if they are. */
export type ServiceCheck = (service: 'production' | 'development' | URL) => string | undefined

/** Credentials of one service are unknown to the other. Of a base URL of one's own nothing can be said. */
export function serviceCheck(environment: Environment): ServiceCheck {
  if (typeof environment !== 'string') return () => undefined
  const ours = new URL(resolveBaseUrl(environment)).host
  return (service) => {
    const theirs = service instanceof URL ? service.host : new URL(resolveBaseUrl(service)).host
    return theirs === ours ? undefined : `belongs to ${theirs}, and this store to ${ours} (${environment})`
  }
}
