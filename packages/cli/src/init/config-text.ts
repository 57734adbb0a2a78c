import { printableUrl } from '@cscapi/signals'
import { dump } from 'js-yaml'
import type { Answers } from './answers.js'

/** The configuration as a file, with a word on each setting. A password is left out. */
export function configText({ inputs, environment, storage, machineId, scenarios }: Answers): string {
  const part = (comment: string, value: object) => `# ${comment}\n${dump(value, { lineWidth: 100 })}`
  const hasPassword = storage !== undefined && printableUrl(storage) !== storage
  return [
    '# What cscapi does. Every setting: https://github.com/cscapi/cscapi/blob/main/packages/cli/README.md\n',
    part('production, or development to try it out', { environment }),
    part('Who reports: CrowdSec knows this machine by it. Do not use it on another host', { machineId }),
    part('What it detects: CrowdSec tailors the blocklist to it', { scenarios: [...scenarios] }),
    storage === undefined || hasPassword
      ? '# storage: is a file of your own; CSCAPI_STORAGE or CSCAPI_STORAGE_FILE names another\n'
      : part('Where signals and machines are kept', { storage }),
    inputs.length === 0
      ? '# inputs: what cscapi watch follows, e.g. [{ file: /var/log/auth.log, format: sshd }]\n'
      : part('What cscapi watch follows', { inputs: inputs.map(({ file, format }) => ({ file, format })) }),
  ].join('\n')
}
