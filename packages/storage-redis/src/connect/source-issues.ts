import type { InputIssue } from '@cscapi/core'
import { printableUrl } from '@cscapi/signals'
import { type Address, readAddress } from './address.js'
import { refusalsOf } from './client-check.js'

const SOURCES = ['url', 'nodes', 'client'] as const

/** Says what is wrong with where the server is to be found. No password is shown. */
export function issuesOfSource(options: { [source in (typeof SOURCES)[number] | 'tls']?: unknown }): InputIssue[] {
  const given = SOURCES.filter((name) => options[name] !== undefined)
  if (given.length !== 1)
    return [
      { path: 'url', value: given.join(', ') || 'none', rule: 'exactly one of url, nodes and client must be given' },
    ]
  if (options.client !== undefined)
    return refusalsOf(options.client).map(([path, rule]) => ({ path, value: '[redacted]', rule }))
  if (options.nodes !== undefined) return issuesOfNodes(options.nodes)
  const issues = issuesOfUrl('url', options.url)
  if (options.tls !== undefined && issues.length === 0 && 'path' in (addressOf(options.url)?.place ?? {}))
    issues.push({ path: 'tls', value: '[redacted]', rule: 'must not be given for a Unix socket' })
  return issues
}

function issuesOfNodes(nodes: unknown): InputIssue[] {
  if (!Array.isArray(nodes) || nodes.length === 0)
    return [{ path: 'nodes', value: Array.isArray(nodes) ? '[]' : typeof nodes, rule: 'must name at least one node' }]
  const issues = nodes.flatMap((node, index) => issuesOfUrl(`nodes[${index}]`, node))
  const [first, ...others] = nodes.map(addressOf)
  const refuse = (index: number, rule: string) =>
    issues.push({ path: `nodes[${index}]`, value: printableUrl(nodes[index]), rule })
  for (const [index, address] of [first, ...others].entries()) {
    if (address === undefined) continue
    if ('path' in address.place) refuse(index, 'must name a host and a port: a cluster has no sockets')
    if (address.db !== 0) refuse(index, 'must name no database but 0: a cluster has one')
    if (first !== undefined && !isSameLogin(first, address))
      refuse(index, 'must have the scheme, user and password of the first node: all are asked with the same')
  }
  return issues
}

function isSameLogin(one: Address, other: Address): boolean {
  return one.tls === other.tls && one.username === other.username && one.password === other.password
}

function issuesOfUrl(path: string, url: unknown): InputIssue[] {
  return (readAddress(url).broken ?? []).map((rule) => ({ path, value: printableUrl(url), rule }))
}

const addressOf = (url: unknown): Address | undefined => readAddress(url).address
