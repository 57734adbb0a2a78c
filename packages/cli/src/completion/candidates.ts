import type { Command, Option } from 'commander'

/** One way to go on. */
export interface Candidate {
  readonly value: string
  readonly description: string
}

/** Values of flags that cannot be told from the flag itself, by command and flag. */
export type FlagValues = (command: Command, flag: string) => readonly string[]

/**
 * What may stand where the last word is being typed: a command, a flag, or a value of a flag. None
 * where a file, or anything, may stand.
 */
export function candidates(program: Command, words: readonly string[], valuesOf: FlagValues): Candidate[] {
  const typed = words.at(-1) ?? ''
  let command = program
  let awaited: Option | undefined
  for (const word of words.slice(0, -1)) {
    const option = awaited === undefined ? optionNamed(command, word) : undefined
    if (option !== undefined) awaited = option.isBoolean() ? undefined : option
    else if (awaited !== undefined) awaited = undefined
    else command = command.commands.find((one) => one.name() === word) ?? command
  }
  return found(command, typed, awaited, valuesOf).filter(({ value }) => value.startsWith(typed))
}

function found(command: Command, typed: string, awaited: Option | undefined, valuesOf: FlagValues): Candidate[] {
  if (awaited !== undefined) {
    const values = awaited.argChoices ?? valuesOf(command, awaited.long ?? '')
    return values.map((value) => ({ value, description: '' }))
  }
  if (typed.startsWith('-')) {
    return optionsOf(command).map(({ long, short, description }) => ({ value: long ?? short ?? '', description }))
  }
  const help = command.createHelp()
  return help
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.summary() || one.description() }))
}

/** A command's own flags, and those that every command has. */
function optionsOf(command: Command): Option[] {
  const help = command.createHelp()
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)]
}

const optionNamed = (command: Command, word: string) =>
  optionsOf(command).find(({ long, short }) => word === long || word === short)
