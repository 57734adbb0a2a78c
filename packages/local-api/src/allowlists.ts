import { IpNetwork, lazily } from '@cscapi/signals'
import * as z from 'zod'
import type { Call, LocalApiContext, Route } from './context.js'
import { empty, json, message } from './http/answers.js'
import { LARGE_BODY_BYTES, readJson } from './http/limited-body.js'

/** An entry without an end, as Go prints no time. */
const NEVER = '0001-01-01T00:00:00.000Z'

function allowlists({ options }: LocalApiContext, withContent: boolean) {
  const now = options.now()
  return options.decisions
    .held()
    .allowlistEntries(now)
    .map(({ id, name, entries }) => ({
      allowlist_id: id,
      console_managed: true,
      created_at: NEVER,
      description: '',
      items: withContent
        ? entries.map(({ value, expiresAt }) => ({
            created_at: NEVER,
            description: '',
            expiration: expiresAt === undefined ? NEVER : new Date(expiresAt).toISOString(),
            value,
          }))
        : [],
      name,
      updated_at: NEVER,
    }))
}

/** Why a target is allowed, an entry each: `203.0.113.0/24 from offices`. */
function reasonsFor(target: string, { options }: LocalApiContext): string[] {
  const network = new IpNetwork()
  return network.read(target) ? options.decisions.held().allowedBy(network, options.now()) : []
}

const entered =
  (answer: (call: Call, context: LocalApiContext) => Response | Promise<Response>): Route['answer'] =>
  async (call, context) => {
    if (context.watchers === undefined) return empty(404)
    await context.watchers.enter(call.request)
    return answer(call, context)
  }

const isWithContent = ({ query }: Call) => query.get('with_content') === 'true'

export const allowlistRoutes: readonly Route[] = [
  {
    path: '/v1/allowlists',
    method: 'GET',
    answer: entered((call, context) => json(200, allowlists(context, isWithContent(call)))),
  },
  {
    path: '/v1/allowlists/check/:param',
    method: 'GET',
    withHead: true,
    answer: entered(({ param, isHead }, context) => {
      const reasons = reasonsFor(param, context)
      if (isHead) return empty(reasons.length > 0 ? 200 : 204)
      return json(200, reasons.length > 0 ? { allowlisted: true, reason: reasons.join(', ') } : {})
    }),
  },
  {
    path: '/v1/allowlists/check',
    method: 'POST',
    answer: entered(async ({ request }, context) => {
      const { data } = targetsSchema().safeParse(await readJson(request, LARGE_BODY_BYTES))
      if (data === undefined || data.targets.length === 0) return message(400, 'targets list cannot be empty')
      const results = data.targets.map((target) => ({ allowlists: reasonsFor(target, context), target }))
      return json(200, { results: results.filter((result) => result.allowlists.length > 0) })
    }),
  },
  {
    path: '/v1/allowlists/:param',
    method: 'GET',
    withHead: true,
    answer: entered((call, context) => {
      const found = allowlists(context, isWithContent(call)).find(({ name }) => name === call.param)
      if (found === undefined) return message(500, `allowlist '${call.param}' not found`)
      return call.isHead ? empty(200) : json(200, found)
    }),
  },
]

const targetsSchema = lazily(() => z.looseObject({ targets: z.array(z.string()).max(100_000) }))
