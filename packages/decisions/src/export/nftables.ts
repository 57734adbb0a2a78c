import { through } from '../pacing/pace.js'
import type { NetworkFormat } from './format.js'
import { textOf } from './network.js'

/** `nft -f` takes a file as one transaction: the sets are never seen empty. */
export const nftables: NetworkFormat = {
  takes: 'networks',
  saysRemediation: false,
  hasName: true,
  mustBeDisjoint: true,
  *write(sections, name) {
    yield `add table inet ${name}\n`
    for (const { family, networks } of sections) {
      const set = `inet ${name} blocked_v${family}`
      yield `add set ${set} { type ipv${family}_addr; flags interval; }\nflush set ${set}\n`
      let isFirst = true
      yield* through(networks, function* (network) {
        yield isFirst ? `add element ${set} {\n${textOf(network)}` : `,\n${textOf(network)}`
        isFirst = false
      })
      if (!isFirst) yield '\n}\n'
    }
  },
}
