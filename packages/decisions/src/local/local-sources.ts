import { IpNetwork, isAddressScope } from '@cscapi/signals'
import type { Contents } from '../contents/contents.js'
import { setScopedLater } from '../contents/scoped-values.js'
import type { Source } from '../contents/source.js'
import { NetworkTable } from '../tables/network-table.js'
import type { LocalDecision } from './local-decision.js'

/** Local decisions as lookups read them: a source for each origin and remediation. */
export function localSources(decisions: readonly LocalDecision[], now: number): Source[] {
  const groups = new Map<string, LocalDecision[]>()
  for (const decision of decisions) {
    if (decision.expiresAt <= now) continue
    const key = JSON.stringify([decision.origin, decision.remediation])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [decision])
    else group.push(decision)
  }
  return [...groups.values()].map(sourceOf)
}

function sourceOf(decisions: readonly LocalDecision[]): Source {
  const tables = { v4: new NetworkTable(4, true), v6: new NetworkTable(6, true) }
  const scoped = new Map()
  const tags = new Map<string, number>()
  const network = new IpNetwork()
  for (const { scope, value, reason, expiresAt } of decisions) {
    if (!isAddressScope(scope)) setScopedLater(scoped, { scope, value, reason, expiresAt })
    else if (network.read(value)) {
      const tag = tags.get(reason) ?? tags.size
      tags.set(reason, tag)
      tables[network.family === 4 ? 'v4' : 'v6'].setLater(network, expiresAt, tag)
    }
  }
  const { origin = '', remediation = '' } = decisions[0] ?? {}
  return { origin, remediation, expiresAt: undefined, isLocal: true, reasons: [...tags.keys()], ...tables, scoped }
}

/** What CAPI and the lists say: all that a snapshot holds. */
export function withoutLocal(contents: Contents): Contents {
  return { ...contents, sources: contents.sources.filter(({ isLocal }) => isLocal !== true) }
}

/** The same, beside local decisions. */
export function withLocal(contents: Contents, local: readonly Source[]): Contents {
  return { ...contents, sources: [...withoutLocal(contents).sources, ...local] }
}
