import type { CapiClient } from '@cscapi/client'
import type { FollowedItems, FollowTrouble, FormatName } from '@cscapi/inputs'
import { followInput } from '@cscapi/inputs'
import type { Storage } from '@cscapi/storage'
import { inputOptions, type Reading } from '../add/input-options.js'
import type { Cli } from '../cli.js'
import { configuredMachine } from '../client/use-client.js'
import { UsageError } from '../ending.js'
import { counted } from '../output/numbers.js'
import { instant } from '../output/times.js'
import type { Settings } from '../settings/settings-schema.js'
import { keepGoing } from './keep-going.js'
import { storedAtLast } from './stored-at-last.js'

type Input = NonNullable<Settings['inputs']>[number]

interface WatchOptions {
  readonly format: string | undefined
  readonly mapping?: unknown
  readonly pull: boolean
  readonly fromEnd: boolean
  readonly ops: string | undefined
}

/** Follows files, and sends and pulls on schedule. */
export async function watchFiles(cli: Cli, files: readonly string[], options: WatchOptions): Promise<void> {
  const settings = await cli.settings()
  const inputs = inputsOf(files, options, settings)
  const machineId = await configuredMachine(cli)
  const start = inputs.map(({ file, format, ...own }) => {
    const read = inputOptions(settings, machineId, own as Reading)
    return (client: CapiClient, storage: Storage) =>
      followOne(cli, { file, client, items: itemsOf(cli, storage, file, format as FormatName, read, options.fromEnd) })
  })
  await keepGoing(cli, {
    pull: options.pull,
    ops: options.ops,
    beside: async (client, storage) => {
      // All end when the signal fires; one that fails ends the program, so that somebody restarts it.
      await Promise.all(start.map((follow) => follow(client, storage)))
    },
  })
}

function inputsOf(
  files: readonly string[],
  { format, mapping }: Pick<WatchOptions, 'format' | 'mapping'>,
  { inputs = [] }: Settings,
): readonly Input[] {
  if (files.length > 0) {
    if (format === undefined)
      throw new UsageError(`--format is missing: cscapi watch ${files.join(' ')} --format cowrie`)
    return files.map((file) => ({ file, format, ...(mapping !== undefined && { mapping }) }))
  }
  if (format !== undefined) throw new UsageError('--format says how files are read: name the files, too')
  if (inputs.length === 0) {
    throw new UsageError(
      'No file to follow: name one (cscapi watch FILE --format cowrie), or list inputs in cscapi.config.yaml. cscapi run does without',
    )
  }
  return inputs
}

function itemsOf(
  cli: Cli,
  storage: Storage,
  file: string,
  format: FormatName,
  read: Parameters<typeof followInput>[2],
  fromEnd: boolean,
): AsyncIterable<FollowedItems> {
  return followInput(format, file, read, {
    store: storage,
    signal: cli.signal,
    from: fromEnd ? 'end' : 'start',
    onTrouble: (trouble) => tellTrouble(cli, trouble),
  })
}

function tellTrouble(cli: Cli, trouble: FollowTrouble): void {
  if (cli.json) cli.terminal.json({ time: instant(Date.now()), event: 'trouble', ...trouble })
  else cli.terminal.tell(`cscapi: ${trouble.message}`)
}

interface Followed {
  readonly file: string
  readonly client: CapiClient
  readonly items: AsyncIterable<FollowedItems>
}

/** Stores what a file shows, then moves the position in it: a crash in between repeats, and loses nothing. */
async function followOne(cli: Cli, { file, client, items }: Followed): Promise<void> {
  for await (const { items: found, commit } of items) {
    const signals = found.flatMap((item) => ('signal' in item ? [item.signal] : []))
    for (const item of found) if ('refused' in item) tellRefused(cli, file, item.line, item.refused)
    const result = await storedAtLast(cli, file, async () => {
      const { added, ...rest } = await client.addSignals(signals)
      await commit()
      return { added, ...rest }
    })
    if (result === undefined) return
    if (signals.length === 0) continue
    const time = instant(Date.now())
    if (cli.json) cli.terminal.json({ time, event: 'added', file, ...result })
    else if (result.added > 0) cli.terminal.line(`${time} ${counted(result.added, 'signal')} added from ${file}`)
  }
}

function tellRefused(cli: Cli, file: string, line: number, reason: string): void {
  if (cli.json) cli.terminal.json({ time: instant(Date.now()), event: 'refused', file, line, refused: reason })
  else cli.terminal.tell(`${file}:${line}: refused: ${reason}`)
}
