import { parseAddress } from '@cscapi/signals'
import pc from 'picocolors'
import type { Cli } from '../cli.js'
import { UsageError } from '../ending.js'
import { EXIT } from '../exit-codes.js'
import { instant } from '../output/times.js'
import { usePulledSet } from './pulled-set.js'

/** Says of each address whether it is blocked. */
export async function checkAddresses(cli: Cli, ips: readonly string[]): Promise<void> {
  const wrong = ips.filter((ip) => parseAddress(ip) === undefined || ip.includes('/'))
  if (wrong.length > 0) throw new UsageError(`${wrong.join(', ')}: not an address`)
  await usePulledSet(cli, (set) => {
    for (const ip of ips) {
      const decision = set.check(ip)
      if (decision !== undefined) cli.exitWith(EXIT.findings)
      if (cli.json) cli.terminal.json({ ip, blocked: decision !== undefined, ...decision })
      else if (decision === undefined) cli.terminal.line(`${ip}  not blocked`)
      else {
        const { remediation, reason, origin, value, expiresAt } = decision
        cli.terminal.styled(
          `${ip}  ${remediation}: ${reason} (${origin}${value === ip ? '' : `, ${value}`}), until ${instant(expiresAt)}`,
          pc.red,
        )
      }
    }
  })
}
