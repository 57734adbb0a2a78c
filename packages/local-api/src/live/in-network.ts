import { IpNetwork, isAddressScope } from '@cscapi/signals'
import type { NetworkFilter } from './network-filter.js'

/** Whether a value of addresses is around the network that is asked about, or within it. */
export function isInNetwork(
  { scope, value }: { readonly scope: string; readonly value: string },
  { network, contains }: NetworkFilter,
): boolean {
  const own = new IpNetwork()
  if (!isAddressScope(scope) || !own.read(value) || own.family !== network.family) return false
  const [outer, inner] = contains ? [own, network] : [network, own]
  if (outer.prefix > inner.prefix) return false
  const cut = new IpNetwork()
  cut.set({ words: inner.words, family: inner.family, prefix: outer.prefix })
  return cut.toString() === outer.toString()
}
