/** What is known of a request beside its text. */
export interface Connection {
  /** The peer's address; `undefined` through a Unix socket, or within this process. */
  readonly peer: string | undefined
  /** Whether it came through a Unix socket, or from within this process: as good as loopback. */
  readonly isLocal: boolean
  /** A client certificate that the server's CA has signed. */
  readonly certificate: ClientCertificate | undefined
  /** Resolves once the whole answer went out (`true`), or the connection broke before (`false`). */
  readonly sent: Promise<boolean> | undefined
}

export interface ClientCertificate {
  /** Common name. */
  readonly name: string
  /** Organizational units. */
  readonly units: readonly string[]
}

export const IN_PROCESS: Connection = { peer: undefined, isLocal: true, certificate: undefined, sent: undefined }
