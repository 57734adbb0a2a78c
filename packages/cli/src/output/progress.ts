import { oneLine } from '@cscapi/signals'
import type { Terminal } from '../terminal/terminal.js'

const EVERY_MS = 200

/** A line that is written over and over, where somebody looks at it. */
export interface ProgressLine {
  /** Makes room for a line that stays. */
  clear(): void
  end(): void
}

/** Shows `text()` a few times a second; nothing where standard error is no terminal. */
export async function progressLine(terminal: Terminal, text: () => string): Promise<ProgressLine> {
  if (!terminal.isWatched) return { clear: () => {}, end: () => {} }
  const { logUpdateStderr } = await import('log-update')
  const timer = setInterval(() => logUpdateStderr(oneLine(text())), EVERY_MS)
  return {
    clear: () => logUpdateStderr.clear(),
    end() {
      clearInterval(timer)
      logUpdateStderr.clear()
      logUpdateStderr.done()
    },
  }
}
