import type { InputOptions } from '@cscapi/inputs/on-demand'
import type { Settings } from '../settings/settings-schema.js'

export type Reading = NonNullable<Settings['reading']>

/** What settings, and what is said about one input, make of an input's options. */
export function inputOptions(settings: Settings, machineId: string, own: Reading = {}): InputOptions {
  const { window, scenarioNames, include, ...reading } = { ...settings.reading, ...own }
  return {
    ...reading,
    machineId,
    windowMs: window,
    scenarios: scenarioNames,
    // Checked by the reader, which names what may be included.
    include: include as InputOptions['include'],
    ownNetworks: settings.neverReport,
    allowPrivate: settings.allowPrivate,
  }
}
