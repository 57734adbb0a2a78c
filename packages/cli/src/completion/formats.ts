import { FORMAT_NAMES } from '@cscapi/inputs/on-demand'
import { EXPORT_FORMATS } from '../decisions/export-formats.js'
import type { FlagValues } from './candidates.js'

/** What `--format` may be. */
export const formatsOf: FlagValues = (command, flag) => {
  if (flag !== '--format') return []
  return command.parent?.name() === 'decisions' ? EXPORT_FORMATS : FORMAT_NAMES
}
