const ADVICE: readonly (readonly [codes: RegExp, advice: string])[] = [
  [/^(ENOTFOUND|EAI_\w+)$/, 'no host of that name is found: check the base URL, and the name service of this host'],
  [/^ECONNREFUSED$/, 'nothing takes connections there: check host and port of the base URL'],
  [
    /^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
    'there is no way to it: check the network, the firewall and the option proxy',
  ],
  [
    /^(ERR_SSL_\w+|EPROTO)$/,
    'what answers speaks no TLS that we understand: check scheme and port of the base URL, and proxies in between',
  ],
  [
    /^(CERT_\w+|ERR_TLS_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)$/,
    "its certificate is not trusted: check the host name and this host's clock; for an authority of your own, set the option ca",
  ],
  [/^(HPE_\w+|UND_ERR_RES\w*)$/, 'what answers speaks no HTTP: check host and port of the base URL'],
  [/^proxy$/, 'check the option proxy, and that proxy'],
  [/^bad port$/, 'no fetch calls this port: choose another for the base URL'],
]

/** Says what to do about a connection that failed, by the system's code. */
export function networkAdvice(code: string): string {
  return ADVICE.find(([codes]) => codes.test(code))?.[1] ?? 'check the connection'
}
