import { causesOf, systemCodeOf } from '../transport/causes.js'
import type { ProxyServer } from './proxy.js'

/** Says that a proxy was in between; its message is ours, and shown as it is. */
export class ProxyError extends Error {
  constructor({ url }: ProxyServer, thrown: unknown) {
    const answer = causesOf(thrown)
      .map((error) => /^Proxy response \((\d+)\)/.exec(String(Reflect.get(error, 'message')))?.[1])
      .find(Boolean)
    const code = systemCodeOf(thrown) ?? 'no connection'
    super(answer ? `the proxy ${url} answered ${answer}` : `${code}, through the proxy ${url}`)
  }
}
