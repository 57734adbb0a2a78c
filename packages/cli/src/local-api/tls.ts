import { readFile } from 'node:fs/promises'
import { InputError, type InputIssue } from '@cscapi/client'
import { type TlsTexts, tlsIssues } from '@cscapi/local-api'

export interface TlsFlags {
  readonly tlsCertFile?: string
  readonly tlsKeyFile?: string
  readonly tlsCaFile?: string
}

/**
 * What `listen` takes; `undefined` where no file is named.
 *
 * @throws InputError for a file that is missing, cannot be read, or does not go with the others
 */
export async function readTls({ tlsCertFile, tlsKeyFile, tlsCaFile }: TlsFlags): Promise<TlsTexts | undefined> {
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
  const tls = { cert, key, ...(ca !== undefined && { ca }) }
  if (issues.length === 0) {
    const files = { cert: tlsCertFile, key: tlsKeyFile, ca: tlsCaFile }
    for (const { path, rule } of tlsIssues(tls)) {
      const name = path.replace('tls.', '') as keyof TlsTexts
      issues.push({ path: `--tls-${name}-file`, value: String(files[name]), rule })
    }
  }
  if (issues.length > 0) throw new InputError('Nobody is served', issues)
  return tls
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
