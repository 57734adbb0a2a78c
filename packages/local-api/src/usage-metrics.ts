import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import type { Route } from './context.js'
import { empty, message } from './http/answers.js'
import { isFromEngine } from './http/from-engine.js'
import { LARGE_BODY_BYTES, readJson } from './http/limited-body.js'

const text = () => z.string().max(255)

/** nginx sends `{}` for an empty list. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (isEmptyObject(value) ? [] : value), z.array(item).nullish())

const isEmptyObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0

const componentSchema = () =>
  z.looseObject({
    version: text(),
    utc_startup_timestamp: z.number(),
    os: z.looseObject({ name: text(), version: text() }).nullish(),
    metrics: list(
      z.looseObject({
        meta: z.looseObject({ window_size_seconds: z.number(), utc_now_timestamp: z.number() }),
        items: list(z.looseObject({ name: text(), value: z.number(), unit: text() })),
      }),
    ),
  })

const schema = lazily(() =>
  z.looseObject({ remediation_components: list(componentSchema()), log_processors: list(componentSchema()) }),
)

/** Taken and checked, and kept nowhere: a client that is refused only fills its log. */
export const usageMetrics: Route = {
  path: '/v1/usage-metrics',
  method: 'POST',
  async answer({ request, connection }, { bouncers, watchers, addresses }) {
    const { headers } = request
    const isBouncer = headers.has('x-api-key') || !(headers.has('authorization') || isFromEngine(request))
    const address = addresses.of(request, connection)
    if (isBouncer || watchers === undefined) await bouncers.enter(request, connection, address)
    else await watchers.enter(request)
    const { success, data, error } = schema().safeParse(await readJson(request, LARGE_BODY_BYTES))
    if (!success) {
      const fields = error.issues.map((issue) => `${issue.path.join('.')} in body is invalid`)
      return message(422, `validation failure list:\n${fields.join('\n')}`)
    }
    const { remediation_components: components, log_processors: processors } = data
    const [own, other] = isBouncer ? [components, processors] : [processors, components]
    if ((other?.length ?? 0) > 0 || own?.length !== 1)
      return message(400, 'exactly one component of the sender is needed')
    return empty(201)
  },
}
