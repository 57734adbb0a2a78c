import type { LogEvent } from '@cscapi/inputs'

/** Which of the two machines sees such a thing. */
export function sensorOf({ kind }: Pick<LogEvent, 'kind'>): 'ssh' | 'web' {
  return kind === 'http-request' || kind === 'http-login' ? 'web' : 'ssh'
}
