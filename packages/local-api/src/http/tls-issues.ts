import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { InputIssue } from '@cscapi/signals'

/** PEM texts. */
export interface TlsTexts {
  /** The certificate, and those between it and its authority. */
  readonly cert: string
  /** The certificate's key, without a passphrase. */
  readonly key: string
  /** The authority of clients: certificates that it signed are believed. Default: none are. */
  readonly ca?: string | undefined
}

const SECRET = '[redacted]'

/** What keeps these texts from serving anybody; no text is shown. */
export function tlsIssues({ cert, key, ca }: TlsTexts): readonly InputIssue[] {
  const certificate = attempt(() => new X509Certificate(cert))
  const privateKey = attempt(() => createPrivateKey(key))
  const issues = [
    ...issueOf('tls.cert', certificate),
    ...issueOf('tls.key', privateKey),
    ...(ca === undefined
      ? []
      : issueOf(
          'tls.ca',
          attempt(() => new X509Certificate(ca)),
        )),
  ]
  if (certificate instanceof Error || privateKey instanceof Error) return issues
  // A secure context takes a key of another kind than the certificate's without a word.
  if (!certificate.checkPrivateKey(privateKey))
    return [...issues, { path: 'tls.key', value: SECRET, rule: 'must be the key of the certificate' }]
  if (issues.length > 0) return issues
  // What can be read may still be refused, such as a certificate whose key is too short.
  const context = attempt(() => createSecureContext({ cert, key, ca }))
  return issueOf('tls.cert', context)
}

function issueOf(path: string, read: unknown): readonly InputIssue[] {
  if (!(read instanceof Error)) return []
  return [{ path, value: SECRET, rule: `must be a PEM text that OpenSSL can use: ${read.message}` }]
}

function attempt<T>(read: () => T): T | Error {
  try {
    return read()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
