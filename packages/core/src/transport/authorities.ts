import { X509Certificate } from 'node:crypto'
import type { InputIssue } from '@cscapi/signals'

/**
 * Certificates of authorities: PEM text (any number of them, as a `.pem` or `.crt` file has them),
 * or the bytes of one as PEM or DER.
 */
export type CertificateAuthorities = string | Uint8Array | readonly (string | Uint8Array)[]

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * Reads certificates as PEM, one each; the issues name what is none, without showing it: it may be a
 * key.
 */
export function readAuthorities(ca: CertificateAuthorities | undefined): { pems: string[]; issues: InputIssue[] } {
  const given: readonly unknown[] = ca === undefined ? [] : Array.isArray(ca) ? ca : [ca]
  const pems: string[] = []
  const issues: InputIssue[] = []
  given.forEach((one, index) => {
    const read = readOne(one)
    if (Array.isArray(read)) pems.push(...read)
    else issues.push({ path: Array.isArray(ca) ? `ca[${index}]` : 'ca', value: kindOf(one), rule: read })
  })
  return { pems, issues }
}

function readOne(given: unknown): string[] | string {
  if (typeof given !== 'string' && !(given instanceof Uint8Array)) return 'must be PEM text, or bytes'
  const text = typeof given === 'string' ? given : Buffer.from(given).toString('latin1')
  if (text.includes('PRIVATE KEY-----')) return 'must hold certificates only, not a private key'
  const blocks = text.match(CERTIFICATE) ?? (typeof given === 'string' ? [] : [Buffer.from(given)])
  if (blocks.length === 0) return 'must hold a PEM certificate: the content of the file, not its name'
  try {
    return blocks.map((block) => new X509Certificate(block).toString())
  } catch {
    return 'must hold certificates that can be read'
  }
}

function kindOf(given: unknown): string {
  if (typeof given === 'string') return `text of ${given.length} characters`
  return given instanceof Uint8Array ? `${given.length} bytes` : typeof given
}
