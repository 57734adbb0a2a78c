import type { DecisionSet } from '@cscapi/decisions'
import { type ExportFormat, type ExportReport, exportDecisions } from '@cscapi/decisions/export'

/** The flags of what is exported. */
export interface ExportFlags {
  readonly format: string
  readonly family?: number
  readonly remediation?: string[]
  readonly max?: number
  readonly name?: string
}

/** The text of an export, in chunks. @throws InputError for flags that do not fit the format. */
export function exportText(
  set: Pick<DecisionSet, 'entries'>,
  { format, family, remediation, max, name }: ExportFlags,
  onReport: (report: ExportReport) => void = () => {},
): AsyncIterable<string> {
  return exportDecisions(set, {
    // Checked there, together with what the format allows.
    format: format as ExportFormat,
    onReport,
    ...(family !== undefined && { family: family as 4 | 6 }),
    ...(remediation !== undefined && { remediations: remediation }),
    ...(max !== undefined && { maxEntries: max }),
    ...(name !== undefined && { name }),
  })
}

/** Tells what is wrong with the flags before anything is done. @throws InputError */
export function assertExportable(flags: ExportFlags): void {
  exportText({ entries: () => [][Symbol.iterator]() }, flags)
}
