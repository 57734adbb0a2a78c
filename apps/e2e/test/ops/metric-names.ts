import { FREE_ACCOUNT_LOGIN_BUDGET } from '@cscapi/client'
import { createOps } from '@cscapi/ops'
import { arrange, machine } from '../arrange.js'

/** Every metric that a client with all its parts has, by name. */
export async function metricNames(): Promise<string[]> {
  const { connect } = arrange({ decisions: 10 })
  const client = connect({ loginBudget: FREE_ACCOUNT_LOGIN_BUDGET })
  await client.pullDecisions({ machineId: machine() })
  const ops = createOps(client)
  const headers = { host: 'localhost' }
  const answer = await ops.fetch(new Request('http://localhost/metrics', { headers }), { remoteAddress: '127.0.0.1' })
  const text = await answer.text()
  ops.close()
  await client.close()
  return [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name)
}
