import { through } from '../pacing/pace.js'
import type { NetworkFormat } from './format.js'
import { textOf, withoutZeroPrefix } from './network.js'

/**
 * Networks on a line: the time that Apache takes to read its lines grows with their square. A line
 * has 4.5 KiB at most, and old releases read 8.
 */
const ON_A_LINE = 100

/**
 * For a `<RequireAll>` of the user's, next to what grants: a block of ours would grant by itself.
 */
export const apache: NetworkFormat = {
  takes: 'networks',
  saysRemediation: false,
  hasName: false,
  mustBeDisjoint: false,
  *write(sections) {
    let onLine = 0
    for (const { networks } of sections) {
      yield* through(networks, function* (network) {
        for (const one of withoutZeroPrefix(network)) {
          yield `${onLine === 0 ? 'Require not ip' : ''} ${textOf(one)}`
          onLine = (onLine + 1) % ON_A_LINE
          if (onLine === 0) yield '\n'
        }
      })
    }
    if (onLine > 0) yield '\n'
  },
}
