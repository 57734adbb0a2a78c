import type { Capi } from '../src/index.js'

export const PASSWORD = 'Passw0rdPassw0rdPassw0rd'
export const TOKEN = 'e30.eyJzdWIiOiJ0In0.tokensignature'
export const KEY = 'attachmentkey1'

/** Every call of CAPI, with secrets in it. */
export function everyCall(capi: Capi): readonly (() => Promise<unknown>)[] {
  return [
    () => capi.register({ machineId: 'm', password: PASSWORD }),
    () => capi.login({ machineId: 'm', password: PASSWORD, scenarios: [] }),
    () => capi.pushSignals({ token: TOKEN, payloads: ['{}'] }),
    () => capi.pullDecisions({ token: TOKEN }),
    () => capi.enroll({ token: TOKEN, attachmentKey: KEY }),
    () => capi.pushMetrics({ token: TOKEN, metrics: { bouncers: [], machines: [] } }),
  ]
}

/** Which secrets the calls send, in their order. */
export const SENT: readonly (readonly string[])[] = [[PASSWORD], [PASSWORD], [TOKEN], [TOKEN], [TOKEN, KEY], [TOKEN]]
