import type { Capi } from '../src/index.js'

export const PASSWORD = 'Passw0rdPassw0rdPassw0rd'
export const TOKEN = 'e30.eyJzdWIiOiJ0In0.tokensignature'
export const KEY = 'attachmentkey1'

/** Every call, with secrets in it. */
export const secretCalls = (capi: Capi): readonly (() => Promise<unknown>)[] => [
  () => capi.register({ machineId: 'm', password: PASSWORD }),
  () => capi.login({ machineId: 'm', password: PASSWORD, scenarios: [] }),
  () => capi.pushSignals({ token: TOKEN, payloads: ['{}'] }),
  () => capi.pullDecisions({ token: TOKEN }),
  () => capi.enroll({ token: TOKEN, attachmentKey: KEY }),
  () => capi.pushMetrics({ token: TOKEN, metrics: { bouncers: [], machines: [] } }),
]
