import type { Route } from './context.js'
import { json } from './http/answers.js'

export const health: Route = {
  path: '/health',
  method: 'GET',
  answer: () => json(200, { status: 'up' }, { 'Cache-Control': 'no-cache', Pragma: 'no-cache', Expires: '-1' }),
}
