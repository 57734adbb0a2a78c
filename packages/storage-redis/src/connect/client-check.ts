import type { Cluster, Redis } from 'ioredis'

type Refusal = readonly [option: string, rule: string]

const NO_CLIENT = 'must be a Redis or Cluster of the package ioredis'

function isIoredis(client: unknown): client is Redis | Cluster {
  return (
    typeof client === 'object' &&
    client !== null &&
    'on' in client &&
    typeof client.on === 'function' &&
    'sendCommand' in client &&
    typeof client.sendCommand === 'function' &&
    'isCluster' in client &&
    typeof client.isCluster === 'boolean' &&
    'options' in client &&
    typeof client.options === 'object'
  )
}

/**
 * Says why a client that was handed in cannot be used. What it is set to beyond this changes
 * nothing.
 */
export function refusalsOf(client: unknown): Refusal[] {
  if (!isIoredis(client)) return [['client', NO_CLIENT]]
  const { options } = client
  const refusals: Refusal[] = []
  const refuse = (name: string, rule: string) => refusals.push([`client.options.${name}`, rule])
  if (options.keyPrefix) refuse('keyPrefix', 'must not be set: the option namespace keeps stores apart')
  if ('nodes' in client) {
    if (client.options.redisOptions?.db) refuse('redisOptions.db', 'must be 0: a cluster has one database')
    return refusals
  }
  const { db = 0, monitor, role } = client.options
  if (!Number.isSafeInteger(db) || db < 0)
    refuse('db', 'must be the number of a database; the driver takes others for 0')
  if (monitor === true) refuse('monitor', 'must not be set: such a connection takes no commands')
  if (role === 'slave') refuse('role', 'must be master: nothing can be written to a replica')
  return refusals
}
