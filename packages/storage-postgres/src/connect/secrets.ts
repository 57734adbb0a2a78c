import type { PostgresStorageOptions } from '../options.js'
import { readAddress } from './address.js'

/** Gathers what no error may show. Short ones are words of every message. */
export function secretsOf(options: PostgresStorageOptions): string[] {
  const { url, pool, ssl }: { url?: string; pool?: object; ssl?: unknown } = options
  const { password, connectionString, ssl: poolTls } = Object(Reflect.get(pool ?? {}, 'options'))
  const passwords = [readAddress(url).address?.password, readAddress(connectionString).address?.password, password]
  const passphrases = [ssl, poolTls].map((tls): unknown => Reflect.get(Object(tls), 'passphrase'))
  return [...passwords, ...passphrases].filter((secret) => typeof secret === 'string' && secret.length > 3)
}
