import { readOptions } from '@cscapi/signals'
import type { Context, Hono } from 'hono'
import type * as z from 'zod'
import type { Gate } from '../access/gate.js'
import { failed } from '../answers/error-answer.js'
import type { Monitor } from '../live/monitor.js'
import type { OpsEnv } from '../ops-env.js'
import type { OpsClient, ResolvedOps } from '../options.js'
import { ACTIONS } from './actions.js'
import type { ActionAnswer, LogAnswer, NowAnswer, SeriesAnswer, SessionAnswer } from './answers.js'
import { blocklistAnswer, checkAnswer, checkQuery } from './blocklist.js'
import { machinesPage, machinesQuery } from './machines.js'
import { signalsPage, signalsQuery } from './signals.js'

/** What the routes are made of. */
export interface ApiParts {
  readonly client: OpsClient
  readonly options: ResolvedOps
  readonly gate: Gate
  readonly monitor: Monitor
  readonly now: () => number
}

/** Adds everything below `/api`; who comes here was let in. */
export function addApi(app: Hono<OpsEnv>, { client, options, gate, monitor, now }: ApiParts): void {
  app.get('/api/session', (c) =>
    c.json({
      readOnly: options.readOnly,
      expectScheduler: options.expectScheduler,
      canLogOut: c.get('admission').by === 'cookie',
      csrf: gate.secrets.csrf,
    } satisfies SessionAnswer),
  )
  app.get('/api/now', async (c) => c.json((await monitor.now()) satisfies NowAnswer))
  app.get('/api/log', (c) => c.json({ entries: monitor.log.entries } satisfies LogAnswer))
  app.get('/api/series', (c) => {
    const series = c.req.query('range') === '7d' ? monitor.week : monitor.recent
    return c.json(series.columns() satisfies SeriesAnswer)
  })
  app.get('/api/machines', async (c) => c.json(await machinesPage(client, query(c, machinesQuery), now())))
  app.get('/api/dead-letters', async (c) => c.json(await signalsPage(client, 'rejected', query(c, signalsQuery))))
  app.get('/api/pending', async (c) => c.json(await signalsPage(client, 'pending', query(c, signalsQuery))))
  app.get('/api/blocklist', async (c) => c.json(await blocklistAnswer(client, now())))
  app.get('/api/check', async (c) => c.json(await checkAnswer(client, query(c, checkQuery))))
  for (const [name, act] of Object.entries(ACTIONS)) {
    app.post(`/api/actions/${name}`, async (c) => {
      if (options.readOnly)
        return failed(c, 403, 'read_only', 'Actions are switched off: the option `readOnly` is set.')
      // An empty body asks for everything, as an empty object does.
      const text = await c.req.text()
      const changed = await act(client, text === '' ? {} : asJson(text))
      return c.json({ changed } satisfies ActionAnswer)
    })
  }
}

function query<Schema extends z.ZodType>(c: Context<OpsEnv>, schema: Schema): z.output<Schema> {
  return readOptions('The query was not understood', schema, c.req.query())
}

/** What is no JSON is no object, and refused as such. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
