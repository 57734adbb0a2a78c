import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { InputError, type InputIssue } from '@cscapi/client'

export interface TlsFlags {
  readonly tlsCertFile?: string
  readonly tlsKeyFile?: string
  readonly tlsCaFile?: string
}

/** What `listen` takes; `undefined` where no file is named. */
type Tls = { readonly cert: string; readonly key: string; readonly ca?: string }

/** @throws InputError for a file that is missing, cannot be read, or does not go with the others */
export async function readTls({ tlsCertFile, tlsKeyFile, tlsCaFile }: TlsFlags): Promise<Tls | undefined> {
  if (tlsCertFile === undefined && tlsKeyFile === undefined && tlsCaFile === undefined) return undefined
  const issues: InputIssue[] = []
  const read = async (flag: string, path: string | undefined): Promise<string> => {
    try {
      if (path !== undefined) return await readFile(path, 'utf8')
      issues.push({ path: flag, value: 'undefined', rule: 'must be given, too: a certificate needs its key' })
    } catch (error) {
      issues.push({ path: flag, value: String(path), rule: `cannot be read: ${reasonOf(error)}` })
    }
    return ''
  }
  const cert = await read('--tls-cert-file', tlsCertFile)
  const key = await read('--tls-key-file', tlsKeyFile)
  const ca = tlsCaFile === undefined ? undefined : await read('--tls-ca-file', tlsCaFile)
  if (issues.length === 0) {
    const reason = whyUnusable({ cert, key, ...(ca !== undefined && { ca }) })
    if (reason !== undefined) issues.push({ path: '--tls-cert-file', value: String(tlsCertFile), rule: reason })
  }
  if (issues.length > 0) throw new InputError('Nobody is served', issues)
  return { cert, key, ...(ca !== undefined && { ca }) }
}

function whyUnusable(tls: Tls): string | undefined {
  try {
    // A context takes a key of another kind than the certificate's without a word.
    if (!new X509Certificate(tls.cert).checkPrivateKey(createPrivateKey(tls.key))) return 'is of another key'
    createSecureContext(tls)
    return undefined
  } catch (error) {
    return `cannot be used: ${reasonOf(error)}`
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
