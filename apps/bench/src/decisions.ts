import { peers } from './decisions-peers.js'
import type { Contest, Row, Setting } from './frame/bench.js'
import { measurePeer } from './measure-peer.js'

const OURS = '@cscapi/decisions'
const SIZES = [15_000, 50_000, 1_000_000]

const sideOf = (name: string, size: number) => `${name}, ${size.toLocaleString('en-US')}`

const NUMBERS: readonly Pick<Row, 'name' | 'unit' | 'ours'>[] = [
  { name: 'build', unit: 'ms', ours: ['', 'buildMs'] },
  { name: 'hit', unit: 'ns', ours: ['', 'hitNs'] },
  { name: 'near miss', unit: 'ns', ours: ['', 'nearNs'] },
  { name: 'far miss', unit: 'ns', ours: ['', 'farNs'] },
  { name: 'memory', unit: 'bytes', ours: ['', 'bytes'] },
]

const measured = (name: string, size: number) => {
  const side = ({ isSmall }: Setting) => measurePeer(name, isSmall ? 1_000 : size, isSmall ? 5 : 500)
  return [sideOf(name, size), side] as const
}

/** Blocklists of each size: built, looked up and weighed with ours and with peers. */
export const decisions: Contest = {
  sides: Object.fromEntries(SIZES.flatMap((size) => Object.keys(peers).map((name) => measured(name, size)))),
  rows: SIZES.flatMap((size) =>
    Object.keys(peers)
      .filter((name) => name !== OURS)
      .flatMap((name) =>
        NUMBERS.map(({ name: what, unit, ours: [, number] }): Row => {
          const title = `${what}, ${size.toLocaleString('en-US')} entries, ${name}`
          return { name: title, unit, ours: [sideOf(OURS, size), number], baseline: [sideOf(name, size), number] }
        }),
      ),
  ),
}
