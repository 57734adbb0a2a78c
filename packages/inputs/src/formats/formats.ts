import { endlessh } from './endlessh.js'
import type { InputFormat } from './format.js'

/** Every format that is read, by its name. */
export const formats = {
  endlessh,
} satisfies Record<string, InputFormat>

export type FormatName = keyof typeof formats

export const FORMAT_NAMES = Object.keys(formats) as readonly FormatName[]
