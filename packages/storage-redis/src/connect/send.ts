import type { Cluster, Redis } from 'ioredis'

/** What is used of the driver; it is loaded when a storage is opened. */
export type Driver = Pick<typeof import('ioredis'), 'Cluster' | 'Command' | 'Redis'>

export type Argument = string | number | Buffer

/**
 * Sends one command, whatever the client is set to: the driver's methods can be defined anew, and
 * pipeline by themselves or not, and reply transformers go by the name in lower case. Texts arrive
 * as `Buffer`s where `asBytes` is set.
 */
export async function send(
  { Command }: Pick<Driver, 'Command'>,
  client: Redis | Cluster,
  name: Uppercase<string>,
  args: readonly Argument[],
  { asBytes = false }: { readonly asBytes?: boolean } = {},
): Promise<unknown> {
  const command = new Command(name, [...args], asBytes ? {} : { replyEncoding: 'utf8' })
  return client.sendCommand(command)
}
