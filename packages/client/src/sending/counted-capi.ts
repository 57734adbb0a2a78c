import type { Capi } from '@cscapi/core'

/** Makes the same calls, and counts each that has ended, and the logins that CAPI accepted. */
export function countedCapi(capi: Capi, counts: { requests: number; logins: number }): Capi {
  const counted = <Given extends unknown[], Answer>(call: (...given: Given) => Promise<Answer>) => {
    return (...given: Given): Promise<Answer> =>
      call(...given).finally(() => {
        counts.requests += 1
      })
  }
  const login = counted(capi.login)
  return {
    ...capi,
    register: counted(capi.register),
    pushSignals: counted(capi.pushSignals),
    pushMetrics: counted(capi.pushMetrics),
    login: async (...given) => {
      const answer = await login(...given)
      counts.logins += 1
      return answer
    },
  }
}
