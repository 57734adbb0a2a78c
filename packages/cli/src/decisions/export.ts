import type { ExportReport } from '@cscapi/decisions/export'
import type { Cli } from '../cli.js'
import { count, counted } from '../output/numbers.js'
import { assertExportable, type ExportFlags, exportText } from './export-text.js'
import { usePulledSet } from './pulled-set.js'
import { writeInPlace } from './write-in-place.js'

/** Writes what is in force to standard output, or to a file. */
export async function exportBlocklist(
  cli: Cli,
  { out, ...flags }: ExportFlags & { readonly out?: string },
): Promise<void> {
  assertExportable(flags)
  await usePulledSet(cli, async (set) => {
    let report: ExportReport | undefined
    const chunks = exportText(set, flags, (done) => {
      report = done
    })
    if (out !== undefined) {
      await writeInPlace(out, chunks)
      const text = reportText(report)
      if (cli.json) cli.terminal.json({ file: out, ...report })
      else cli.terminal.line(`${out}: ${text}`)
      return
    }
    for await (const chunk of chunks) {
      if (cli.terminal.closed) return
      cli.signal.throwIfAborted()
      cli.terminal.write(chunk)
      await cli.terminal.drained()
    }
  })
}

/** What an export did, in a few words. */
export function reportText(report: ExportReport | undefined): string {
  const { written = 0, leftOut = 0, otherScopes = 0 } = report ?? {}
  const parts = [
    `${counted(written, 'network')} written`,
    ...(leftOut > 0 ? [`${count(leftOut)} left out (--max)`] : []),
    ...(otherScopes > 0 ? [`${count(otherScopes)} that are no addresses left out`] : []),
  ]
  return parts.join(', ')
}
