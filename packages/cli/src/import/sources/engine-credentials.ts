import { printableUrl } from '@cscapi/signals'
import { loadAll, YAMLException } from 'js-yaml'
import * as z from 'zod'
import { refused } from '../refused.js'
import type { ImportSource, SourceMachine } from '../source.js'
import type { ServiceCheck } from './service-check.js'

const filled = z.string({ error: 'must be text that is not empty' }).min(1, 'must be text that is not empty')
const credentials = z.looseObject({
  url: filled.refine((url) => URL.canParse(url), 'must be a URL'),
  login: filled,
  password: filled,
})

/**
 * `online_api_credentials.yaml` of the CrowdSec engine: one machine. No part of the file is shown in
 * an error.
 *
 * @throws InputError
 */
export function openEngineCredentials(text: string, shown: string, check: ServiceCheck): ImportSource {
  const parsed = credentials.safeParse(parseYaml(text, shown))
  if (!parsed.success) {
    const flaws = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`)
    throw refused(shown, `must be the engine's online_api_credentials.yaml (url, login, password): ${flaws.join('; ')}`)
  }
  const { url, login: machineId, password } = parsed.data
  const row = 'login'
  const elsewhere = check(new URL(url))
  const machine: SourceMachine = { row, machineId, password, token: undefined, scenarios: [], failing: undefined }
  return {
    kind: `credentials of the CrowdSec engine for ${printableUrl(url)}`,
    sentSignals: 0,
    machines: async () => [elsewhere === undefined ? machine : { row, what: 'machine', machineId, reason: elsewhere }],
    async *signals() {},
    notes: () => [
      'An engine that goes on with these credentials is a second program of the same machine: stop it, or register it anew (cscli capi register)',
    ],
    close: async () => undefined,
  }
}

/** The parser's own message quotes the file, and with it the password. */
function parseYaml(text: string, shown: string): unknown {
  try {
    // An empty file has no document: the engine is not registered.
    return loadAll(text)[0] ?? {}
  } catch (error) {
    const line = error instanceof YAMLException && error.mark ? ` (line ${error.mark.line + 1})` : ''
    throw refused(shown, `must be YAML${line}`)
  }
}
