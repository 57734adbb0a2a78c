import type { ActiveDecision } from '../lookup/active-decision.js'
import { type Paced, through } from '../pacing/pace.js'
import type { Network } from './network.js'

/** The networks of one family, in ascending order. */
export interface Section {
  readonly family: 4 | 6
  readonly networks: Paced<Network>
}

/**
 * A format of addresses and ranges alone. A line that begins with `#` is a comment in all of them.
 */
export interface NetworkFormat {
  readonly takes: 'networks'
  readonly saysRemediation: boolean
  /** It calls something by a name of the user's. */
  readonly hasName: boolean
  readonly mustBeDisjoint: boolean
  /** Text that ends with a line. The sections must be read one after the other, each to its end. */
  write(sections: Iterable<Section>, name: string): Paced<string>
}

/** A format that says of each entry why and until when. */
export interface EntryFormat {
  readonly takes: 'entries'
  readonly saysRemediation: boolean
  readonly hasOtherScopes: boolean
  /** `now` in epoch milliseconds. */
  write(entries: Paced<ActiveDecision>, now: number): Paced<string>
}

/** A format with one line for each network, whatever its family. */
export function lineFormat(line: (network: Network) => string, saysRemediation = false): NetworkFormat {
  return {
    takes: 'networks',
    saysRemediation,
    hasName: false,
    mustBeDisjoint: false,
    *write(sections) {
      for (const { networks } of sections) yield* through(networks, (network) => [`${line(network)}\n`])
    },
  }
}

/** A remediation where it must be a bare word: a list may call it anything. */
export function bareWord(remediation: string): string {
  return remediation.replace(/[^\w-]/g, '_').slice(0, 64) || '_'
}
