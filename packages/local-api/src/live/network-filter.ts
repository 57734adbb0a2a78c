import { IpNetwork } from '@cscapi/signals'
import { message, Refusal } from '../http/answers.js'
import { goBoolean } from './go-boolean.js'

/** The address or range that is asked about, and whether what lies in it is meant. */
export interface NetworkFilter {
  readonly network: IpNetwork
  /** False: entries within `network`. True: entries around it. */
  readonly contains: boolean
}

/**
 * Reads `ip`, or else `range`, and `contains`; `undefined` where neither is given. An empty one is
 * none: who asks about no address is not told of all, nor deletes all.
 * @throws Refusal 500, as the engine answers to filters that it cannot read
 */
export function readNetwork(query: URLSearchParams): NetworkFilter | undefined {
  const contains = readContains(query.get('contains'))
  const text = query.get('ip') ?? query.get('range')
  if (text === null) return undefined
  const network = new IpNetwork()
  if (!network.read(text)) {
    const shown = text.slice(0, 100)
    throw new Refusal(message(500, `unable to convert '${shown}' to int: invalid address: invalid ip address / range`))
  }
  return { network, contains }
}

function readContains(text: string | null): boolean {
  const value = text === null || text === '' ? true : goBoolean(text)
  if (value !== undefined) return value
  throw new Refusal(message(500, `invalid contains value : ${JSON.stringify(text?.slice(0, 100))} is no boolean`))
}

/** @throws Refusal for text that is no whole number of 0 or more; `undefined` for none. */
export function readCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d{1,15}$/.test(text)) throw new Refusal(message(500, `invalid ${name} value : must be a whole number`))
  return Number(text)
}
