import { through } from '../pacing/pace.js'
import type { NetworkFormat } from './format.js'
import { textOf, withoutZeroPrefix } from './network.js'

/**
 * The most that a set takes. It has to be the same for ever: `-exist` passes over a set that is
 * there only if it was created alike. Memory is taken as needed.
 */
const MAXELEM = 4_294_967_295

/**
 * Fills a second set and swaps it in, so that a reload that fails half-way leaves the first as it
 * was.
 */
export const ipset: NetworkFormat = {
  takes: 'networks',
  saysRemediation: false,
  hasName: true,
  mustBeDisjoint: false,
  *write(sections, name) {
    for (const { family, networks } of sections) {
      const live = `${name}-v${family}`
      const next = `${live}-new`
      const create = (set: string) =>
        `create ${set} hash:net family inet${family === 6 ? '6' : ''} maxelem ${MAXELEM}\n`
      yield `${create(live)}${create(next)}flush ${next}\n`
      yield* through(networks, (network) => withoutZeroPrefix(network).map((one) => `add ${next} ${textOf(one)}\n`))
      yield `swap ${next} ${live}\ndestroy ${next}\n`
    }
  },
}
