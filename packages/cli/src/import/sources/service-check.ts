import { type Environment, resolveBaseUrl } from '@cscapi/core'

/** Says why credentials of a service, by name or by URL, are of no use in this store; `undefined` if they are. */
export type ServiceCheck = (service: 'production' | 'development' | URL) => string | undefined

const hostOf = (environment: Environment) => new URL(resolveBaseUrl(environment)).host
const SERVICES: ReadonlySet<string> = new Set([hostOf('production'), hostOf('development')])

/** Credentials of one service are unknown to the other. Of a base URL of one's own nothing can be said. */
export function serviceCheck(environment: Environment): ServiceCheck {
  const ours = hostOf(environment)
  if (!SERVICES.has(ours)) return () => undefined
  return (service) => {
    const theirs = service instanceof URL ? service.host : hostOf(service)
    return theirs === ours ? undefined : `belongs to ${theirs}, and this store to ${ours}`
  }
}
