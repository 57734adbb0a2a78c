import { type Binary, debianBinary } from './debian-binary.js'

const REDIS = {
  names: ['redis-server', 'valkey-server'],
  packages: ['redis-server', 'redis-tools'],
  path: 'usr/bin/redis-server',
  otherwise: 'set CSCAPI_TEST_REDIS_URL',
}

/** Gives redis-server or valkey-server of this machine; else Debian's or Ubuntu's package. */
export function findRedis(cache?: string): Promise<Binary> {
  return debianBinary(REDIS, cache)
}
