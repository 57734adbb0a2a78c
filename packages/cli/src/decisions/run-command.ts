import { spawn } from 'node:child_process'
import { once } from 'node:events'
import parseArgsStringToArgv from 'string-argv'
import { UsageError } from '../ending.js'

/** Splits a command into its words; quotes group them, nothing else is special. */
export function commandOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const words = parseArgsStringToArgv(text)
  if (words.length === 0) throw new UsageError('--exec is empty')
  return words
}

/**
 * Runs a command without a shell, to its end: a reload that is cut off half-way is worse than one
 * that is waited for. Its output is told. @throws Error that says how it failed
 */
export async function runCommand([program = '', ...args]: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 2, 2] })
  const [code, killedBy] = await once(child, 'exit').catch((error: Error) => {
    throw new Error(`${program} could not be run: ${error.message}; it is tried again`)
  })
  if (code !== 0)
    throw new Error(`${[program, ...args].join(' ')} failed (${killedBy ?? `exit ${code}`}); it is run again`)
}
