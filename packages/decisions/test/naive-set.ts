/**
 * The same rules as DecisionSet's, as slow and as plain as can be: every entry is looked at,
 * addresses are big numbers.
 */
export interface NaiveEntry {
  readonly origin: string
  readonly remediation: string
  readonly network: Network
  readonly expiresAt: number
}

export interface Network {
  readonly family: 4 | 6
  readonly address: bigint
  readonly prefix: number
}

export const bitsOf = (family: 4 | 6) => (family === 4 ? 32 : 128)

export function bounds({ family, address, prefix }: Network): readonly [first: bigint, last: bigint] {
  const size = 1n << BigInt(bitsOf(family) - prefix)
  const first = (address / size) * size
  return [first, first + size - 1n]
}

const contains = (outer: Network, inner: Network) => {
  const [[outerFirst, outerLast], [first, last]] = [bounds(outer), bounds(inner)]
  return outer.family === inner.family && outerFirst <= first && last <= outerLast
}

/** Text that is not canonical: IPv6 in full, with capitals. */
export function textOf({ family, address, prefix }: Network): string {
  const ip =
    family === 4
      ? [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.')
      : [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n]
          .map((shift) => ((address >> shift) & 0xffffn).toString(16).padStart(4, '0').toUpperCase())
          .join(':')
  return prefix === bitsOf(family) ? ip : `${ip}/${prefix}`
}

/** As the platform's URL parser writes an address. */
export function canonical(network: Network): string {
  const [first] = bounds(network)
  const plain = textOf({ ...network, address: first, prefix: bitsOf(network.family) })
  const ip = network.family === 4 ? plain : new URL(`http://[${plain}]/`).hostname.slice(1, -1)
  return network.prefix === bitsOf(network.family) ? ip : `${ip}/${network.prefix}`
}

const STRICTNESS = ['ban', 'captcha']
const strictness = (remediation: string) =>
  STRICTNESS.includes(remediation) ? STRICTNESS.indexOf(remediation) : STRICTNESS.length

export function naiveCheck(
  entries: readonly NaiveEntry[],
  allowed: readonly { network: Network; expiresAt: number }[],
  address: Network,
  now: number,
): NaiveEntry | undefined {
  const inForce = entries.filter(
    ({ network, expiresAt }) =>
      expiresAt > now &&
      contains(network, address) &&
      !allowed.some(
        (allow) => allow.expiresAt > now && (contains(allow.network, network) || contains(network, allow.network)),
      ),
  )
  return inForce.sort(
    (a, b) => b.network.prefix - a.network.prefix || strictness(a.remediation) - strictness(b.remediation),
  )[0]
}
