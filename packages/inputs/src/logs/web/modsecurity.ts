const DENIED = /^(?:\[client (?<address>[0-9a-fA-F.:]+)\] )?ModSecurity: Access denied with code (?<status>\d{3}) /
const URI = ' [uri "'

/** What ModSecurity says of a request that it stopped. */
export interface DeniedRequest {
  /**
   * Of the peer, as it stands in front, in the form it was logged in; not every version writes it.
   */
  readonly address: string | undefined
  readonly status: number
  readonly target: string
}

/**
 * Reads a message of ModSecurity 2 or 3 in a web server's error log; `undefined` for all that
 * stopped nothing.
 */
export function readDenial(message: string): DeniedRequest | undefined {
  const match = DENIED.exec(message)
  if (match === null) return undefined
  // What was asked for stands near the end, behind the client's texts that matched.
  const from = message.lastIndexOf(URI)
  const target = from < 0 ? '' : message.slice(from + URI.length).replace(/".*$/, '')
  return { address: match.groups?.address, status: Number(match.groups?.status), target }
}
