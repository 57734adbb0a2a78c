import { through } from '../pacing/pace.js'
import { bareWord, type NetworkFormat } from './format.js'
import { textOf } from './network.js'

/**
 * nginx's `map` compares text and knows no ranges; `geo` is its map for addresses, a tree that
 * takes the longest prefix.
 */
export const nginxGeo: NetworkFormat = {
  takes: 'networks',
  saysRemediation: true,
  hasName: true,
  mustBeDisjoint: false,
  *write(sections, name) {
    yield `geo $${name}_remediation {\n  default "";\n`
    for (const { networks } of sections)
      yield* through(networks, (network) => [`  ${textOf(network)} ${bareWord(network.remediation)};\n`])
    yield '}\n'
  },
}
