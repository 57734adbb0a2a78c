import { type Cluster, Command, type Redis } from 'ioredis'

export type Argument = string | number | Buffer

/**
 * Sends one command, whatever the client is set to: the driver's methods can be defined anew, and
 * pipeline by themselves or not, and reply transformers go by the name in lower case. Texts arrive
 * as `Buffer`s where `asBytes` is set.
 */
export async function send(
  client: Redis | Cluster,
  name: Uppercase<string>,
  args: readonly Argument[],
  { asBytes = false }: { readonly asBytes?: boolean } = {},
): Promise<unknown> {
  const command = new Command(name, [...args], asBytes ? {} : { replyEncoding: 'utf8' })
  return client.sendCommand(command)
}
