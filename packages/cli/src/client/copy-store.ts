import { copyStorage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { count, counted } from '../output/numbers.js'
import { progressLine } from '../output/progress.js'
import { assertExists, openUrl } from './store.js'
import { urlArgument } from './url-argument.js'

/** Copies one store into another. */
export async function copyStore(cli: Cli, fromArgument: string, toArgument: string): Promise<void> {
  const [fromUrl, toUrl] = [urlArgument(cli, fromArgument), urlArgument(cli, toArgument)]
  assertExists(fromUrl)
  const from = await openUrl(cli, fromUrl)
  let so = { machines: 0, signals: 0 }
  const progress = await progressLine(
    cli.terminal,
    () => `${count(so.machines)} machines, ${count(so.signals)} signals`,
  )
  try {
    const to = await openUrl(cli, toUrl)
    try {
      const onProgress = (now: typeof so) => {
        so = now
      }
      const done = await copyStorage(from, to, { signal: cli.signal, onProgress })
      progress.end()
      if (cli.json) cli.terminal.json(done)
      else
        cli.terminal.line(
          `${counted(done.machines, 'machine')} and ${counted(done.signals, 'signal')} are in the target`,
        )
    } finally {
      await to.close()
    }
  } finally {
    progress.end()
    await from.close()
  }
}
