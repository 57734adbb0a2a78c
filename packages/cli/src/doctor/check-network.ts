import { type Environment, resolveBaseUrl, transportFetch } from '@cscapi/core'
import { isCscapiError, printableUrl } from '@cscapi/signals'
import type { Cli } from '../cli.js'
import { clientOptions } from '../client/client-options.js'
import { useClient } from '../client/use-client.js'
import { duration } from '../output/times.js'
import type { Settings } from '../settings/settings-schema.js'
import { bad, type Finding, messageOf, odd, ok, skipped } from './finding.js'

const TIMEOUT_MS = 10_000
/** A clock that is off by less changes nothing that we do. */
const CLOCK_TOLERANCE_MS = 60_000

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']

/** Proxy, TLS, and whether CAPI answers at all: a request without credentials, which is no login. */
export async function checkNetwork(cli: Cli, settings: Settings, whyNot: string | undefined): Promise<Finding[]> {
  const findings = [proxyFinding(cli.env, settings), tlsFinding(cli.env, settings)]
  const { environment } = settings
  if (environment === undefined) return [...findings, skipped('CAPI', 'no environment is configured')]
  if (whyNot !== undefined) return [...findings, skipped('CAPI', whyNot)]
  try {
    const options = clientOptions(settings)
    const seen = await look(environment as Environment, options)
    return [...findings, ...seen]
  } catch (error) {
    return [...findings, bad('CAPI', messageOf(error), 'put it right')]
  }
}

function proxyFinding(env: NodeJS.ProcessEnv, { proxy }: Settings): Finding {
  if (proxy !== undefined) return ok('proxy', printableUrl(proxy))
  const variable = PROXY_VARIABLES.find((name) => env[name])
  return ok('proxy', variable === undefined ? 'none' : `${printableUrl(env[variable] ?? '')} (${variable})`)
}

function tlsFinding(env: NodeJS.ProcessEnv, { ca }: Settings): Finding {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    return odd(
      'TLS',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set; it has no effect here',
      'take it away: other programs obey it',
    )
  }
  return ok('TLS', ca === undefined ? 'certificates are verified' : `certificates are verified, also with ${ca}`)
}

/** Any answer shows that CAPI is reached; its date shows how wrong our clock is. */
async function look(environment: Environment, options: ReturnType<typeof clientOptions>): Promise<Finding[]> {
  const baseUrl = resolveBaseUrl(environment)
  let date: string | null = null
  const startedAt = Date.now()
  const fetch = transportFetch(baseUrl, { ca: options.ca, proxy: options.proxy })
  try {
    const response = await fetch(baseUrl, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    date = response.headers.get('date')
  } catch (error) {
    return [
      bad('CAPI', `${baseUrl} cannot be reached: ${causeOf(error)}`, 'check network, DNS, proxy and firewall'),
      skipped('clock', 'CAPI did not say the time'),
    ]
  }
  return [ok('CAPI', `${baseUrl} answers (${Date.now() - startedAt} ms)`), clockFinding(date, startedAt)]
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && cause.message !== '' ? cause.message : messageOf(error)
}

function clockFinding(date: string | null, startedAt: number): Finding {
  const server = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(server)) return skipped('clock', 'CAPI did not say the time')
  // The header has whole seconds, and an answer takes a while.
  const offMs = server - startedAt
  if (Math.abs(offMs) < CLOCK_TOLERANCE_MS) return ok('clock', 'agrees with that of CAPI')
  return bad(
    'clock',
    `it is ${duration(Math.abs(offMs))} ${offMs > 0 ? 'behind' : 'ahead'}`,
    'set it with NTP: signals bear its time',
  )
}

/** Logs the machine in, unless it has a token: what `--online` asks for. */
export async function checkLogin(cli: Cli, { machineId }: Settings): Promise<Finding> {
  if (machineId === undefined) return skipped('login', 'no machine is configured')
  try {
    const { machine } = await useClient(cli, 'capi', (client) => client.verify({ machineId, signal: cli.signal }))
    return ok(
      'login',
      `CAPI accepts ${machineId}${machine?.enrolled ? ', enrolled in the console' : ', not enrolled in the console'}`,
    )
  } catch (error) {
    return bad(
      'login',
      messageOf(error),
      isCscapiError(error) && error.retryable ? 'try again later' : 'the message says what to do',
    )
  }
}
