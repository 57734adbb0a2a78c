import { PRIVATE_NETWORKS } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { isPublicAddress } from './private-addresses.js'

describe('an address of a private network', () => {
  test.each(PRIVATE_NETWORKS)('%s is refused from its first address on', (network) => {
    expect(isPublicAddress(network.split('/')[0] ?? '')).toBe(false)
  })

  test.each([
    '192.0.0.8',
    '198.19.255.255',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::FFFF:C0A8:101',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b::7f00:1',
    '::10.0.0.1',
    '64:ff9b:1::1',
    'fec0::1',
  ])('is refused however it is written: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  test.each(['8.8.8.8', '::ffff:808:808', '64:ff9b::808:808', '2001:4860:4860::8888', '100.128.0.1', '172.32.0.1'])(
    'is not what its neighbours on the Internet are taken for: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )
})
