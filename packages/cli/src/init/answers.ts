import { FORMAT_NAMES } from '@cscapi/inputs/on-demand'
import { suggestKey } from '@cscapi/signals'
import { UsageError } from '../ending.js'

export interface InitFlags {
  readonly input?: readonly string[]
  readonly name?: string
  readonly scenario?: readonly string[]
  readonly out: string
  readonly force?: boolean
  readonly yes?: boolean
}

/** A file to follow. */
export interface Input {
  readonly file: string
  readonly format: string
}

/** What was asked, or said by flags. */
export interface Answers {
  readonly inputs: readonly Input[]
  readonly environment: string
  /** The default store where it is undefined. */
  readonly storage: string | undefined
  readonly machineId: string
  readonly scenarios: readonly string[]
}

/** Reads `--input cowrie=/var/log/cowrie.json`. @throws UsageError */
export function readInputs(texts: readonly string[]): Input[] {
  return texts.map((text) => {
    const [, format = '', file = ''] = /^([^=]+)=(.+)$/.exec(text) ?? []
    if (file === '')
      throw new UsageError(`--input takes FORMAT=FILE, e.g. cowrie=/var/log/cowrie/cowrie.json, not ${text}`)
    assertFormat(format)
    return { format, file }
  })
}

function assertFormat(format: string): void {
  if ((FORMAT_NAMES as readonly string[]).includes(format)) return
  const meant = suggestKey(format, FORMAT_NAMES)
  const hint = meant === undefined ? `one of ${FORMAT_NAMES.join(', ')}` : `did you mean ${meant}?`
  throw new UsageError(`There is no format ${format}: ${hint}`)
}
