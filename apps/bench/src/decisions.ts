import { applyAnswer, fillBlockList } from './apply-decisions.js'
import { ours, peers } from './decisions-peers.js'
import type { Contest, Goal, Row, Setting } from './frame/bench.js'
import { measurePeer } from './measure-peer.js'

const SIZES = [15_000, 50_000, 1_000_000]
/** The size that the goals speak of. */
const LARGE = 1_000_000
const OTHERS = Object.keys(peers).filter((name) => !Object.values<string>(ours).includes(name))

const sizeOf = (size: number) => size.toLocaleString('en-US')
const sideOf = (name: string, size: number) => `${name}, ${sizeOf(size)}`

const measured = (name: string, size: number) => {
  const side = ({ isSmall }: Setting) => measurePeer(name, isSmall ? 1_000 : size, isSmall ? 5 : 500)
  return [sideOf(name, size), side] as const
}

const atMost = (limit: number): Goal => ({ ours: { atMost: limit } })
const FASTEST: Goal = { ratio: { atMost: 1 } }
const FIVE_TIMES: Goal = { ratio: { atMost: 0.2 } }

const LOOKUPS = [
  { what: 'hit', number: 'hitNs', checkNs: 200 },
  { what: 'near miss', number: 'nearNs', checkNs: 60 },
  { what: 'far miss', number: 'farNs', checkNs: 40 },
] as const

/** Ours in each way to ask, against the Map; that is where the absolute goals are told. */
const againstMap = (size: number): Row[] =>
  Object.values(ours).flatMap((way) =>
    LOOKUPS.map(({ what, number, checkNs }): Row => {
      const limit = atMost(way === ours.check ? checkNs : 60)
      return {
        name: `${way}: ${what}, ${sizeOf(size)} entries, Map`,
        unit: 'ns',
        ours: [sideOf(way, size), number],
        baseline: [sideOf('Map of addresses', size), number],
        ...(size === LARGE && { goal: limit }),
      }
    }),
  )

const againstPeer = (name: string, size: number): Row[] => {
  const row = (what: string, unit: Row['unit'], number: string, way: string, goal?: Goal): Row => ({
    name: `${what}, ${sizeOf(size)} entries, ${name}`,
    unit,
    ours: [sideOf(way, size), number],
    baseline: [sideOf(name, size), number],
    ...(goal !== undefined && { goal }),
  })
  // A Map holds no ranges and reads no addresses: only lookups can be compared with it.
  const isMap = name === 'Map of addresses'
  return [
    row('build', 'ms', 'buildMs', ours.check, isMap ? undefined : FASTEST),
    row('memory of an entry', 'bytes', 'bytesAnEntry', ours.check),
    ...(isMap ? [] : LOOKUPS.map(({ what, number }) => row(`has: ${what}`, 'ns', number, ours.has, FIVE_TIMES))),
  ]
}

const applied = (what: string, number: string, limit: number, isCompared: boolean): Row => ({
  name: what,
  unit: 'ms',
  ours: ['apply', number],
  ...(isCompared && { baseline: ['fill BlockList', 'emptyMs'] }),
  goal: atMost(limit),
})

/**
 * Blocklists of each size: built, looked up and weighed with ours and with peers; and an answer of
 * CAPI that is applied.
 */
export const decisions: Contest = {
  sides: {
    ...Object.fromEntries(SIZES.flatMap((size) => Object.keys(peers).map((name) => measured(name, size)))),
    apply: applyAnswer,
    'fill BlockList': fillBlockList,
  },
  rows: [
    ...SIZES.flatMap((size): Row[] => [
      ...againstMap(size),
      ...OTHERS.flatMap((name) => againstPeer(name, size)),
      {
        name: `longest turn of a build, ${sizeOf(size)} entries`,
        unit: 'ms',
        ours: [sideOf(ours.check, size), 'longestTurnMs'],
        goal: atMost(5),
      },
    ]),
    applied('apply 50,000 entries, CPU, node:net BlockList', 'emptyMs', 15, true),
    applied('apply them again, CPU', 'againMs', 15, false),
    applied('longest turn of applying them', 'longestTurnMs', 5, false),
  ],
}
