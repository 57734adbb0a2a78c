import { type AddResult, isCscapiError } from '@cscapi/client'
import { FORMAT_NAMES, loadInput } from '@cscapi/inputs/on-demand'
import type { Signal } from '@cscapi/signals'
import type { Cli } from '../cli.js'
import { configuredMachine, useClient } from '../client/use-client.js'
import { EXIT } from '../exit-codes.js'
import { count, counted } from '../output/numbers.js'
import { progressLine } from '../output/progress.js'
import { inputOptions, type Reading } from './input-options.js'
import { printPreview } from './preview.js'
import { type Place, type ReadCounts, readSignals } from './read-signals.js'
import { addResultText } from './result-text.js'
import { sourcesOf } from './sources.js'

/** The client tells of signals that it leaves out a slice later. */
const PLACES_KEPT = 5_000

/** Adds the signals of files: streamed, whatever their size. */
export async function addFiles(
  cli: Cli,
  files: readonly string[],
  format: string,
  { dryRun, reading }: { readonly dryRun: boolean; readonly reading: Reading },
): Promise<void> {
  const settings = await cli.settings()
  // A signal in its wire form says itself whose it is.
  const machineId = format === 'signal' ? (settings.machineId ?? 'unknown') : await configuredMachine(cli)
  const options = inputOptions(settings, machineId, withoutUndefined(reading))
  const readInput = await loadInput(format)
  // Tells what is wrong with the options before anything is opened.
  readInput([], options)
  const sources = await sourcesOf(files)
  const counts: ReadCounts = { lines: 0, unused: 0, events: 0, signals: 0, refused: 0, cutShort: 0 }
  const places = new Map<number, Place>()
  const progress = await progressLine(
    cli.terminal,
    () => `${count(counts.lines)} lines, ${counted(counts.signals, 'signal')}`,
  )
  const tellPlace = ({ file, line }: Place, what: string, reason: string) => {
    progress.clear()
    if (cli.json) cli.terminal.json({ file, line, [what]: reason })
    else cli.terminal.tell(`${file}:${line}: ${what}: ${reason}`)
  }
  let index = 0
  const signals = readSignals(sources, readInput, options, counts, {
    refused: (place, reason) => tellPlace(place, 'refused', reason),
    found: (place) => {
      places.set(index, place)
      places.delete(index - PLACES_KEPT)
      index += 1
    },
  })
  try {
    if (dryRun) await printPreview(cli, signals)
    else {
      const result = await store(cli, signals, (position, detail) =>
        tellPlace(places.get(position) ?? { file: 'input', line: 0 }, 'left out', detail),
      )
      progress.end()
      if (cli.json) cli.terminal.json({ ...result, ...counts })
      else cli.terminal.line(`${addResultText(result)}; ${readText(counts)}`)
      if (result.filtered > 0) cli.exitWith(EXIT.findings)
    }
  } finally {
    progress.end()
  }
  if (counts.refused > 0) cli.exitWith(EXIT.findings)
  if (counts.lines > 0 && counts.unused === counts.lines) {
    cli.terminal.tell(`cscapi: no line is one of ${format}: is --format right? (${FORMAT_NAMES.join(', ')})`)
    cli.exitWith(EXIT.findings)
  }
}

function store(
  cli: Cli,
  signals: AsyncIterable<Signal>,
  onLeftOut: (index: number, detail: string) => void,
): Promise<AddResult> {
  return useClient(cli, 'store', async (client) => {
    try {
      return await client.addSignals(signals, {
        signal: cli.signal,
        onFiltered: ({ index, detail }) => onLeftOut(index, detail),
      })
    } catch (error) {
      if (isCscapiError(error) && 'report' in error) {
        cli.terminal.tell(
          `cscapi: interrupted: ${addResultText(error.report as AddResult)}. The same command again adds the rest, and nothing twice`,
        )
      }
      throw error
    }
  })
}

function readText({ lines, unused, refused, cutShort }: ReadCounts): string {
  const parts = [
    `${counted(lines, 'line')} read`,
    ...(unused > 0 ? [`${count(unused)} of something else`] : []),
    ...(refused > 0 ? [`${count(refused)} refused`] : []),
    ...(cutShort > 0 ? [`${counted(cutShort, 'attack')} cut short: too many at once`] : []),
  ]
  return parts.join(', ')
}

const withoutUndefined = (reading: Reading): Reading =>
  Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined))
