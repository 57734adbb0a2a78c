import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'

/** An older file of a log. */
export interface RotatedLog {
  readonly path: string
  readonly dev: string
  readonly ino: string
  readonly mtimeMs: number
}

interface Found extends RotatedLog {
  readonly name: RotatedName
}

/** What the name of an older file says of its age. */
export interface RotatedName {
  /** 1 is younger than 2. */
  readonly number?: number
  /** Its digits: later is younger. */
  readonly date?: string
  readonly isPacked: boolean
}

const SUFFIX =
  /^[.-](?:(?<number>\d{1,5})|(?<date>\d{4}-?\d{2}-?\d{2}(?:[-_T.]?\d[\d\-_.:]*?)?|\d{6,14}))(?<packed>\.(?:gz|bz2|xz|zst|lz4|Z))?$/

/**
 * Gives the older files of a log beside it, oldest first: `x.log.1`, `x.log.2.gz`,
 * `x.log-20261128`, `x.log.2026-11-28`, and `x-20261128.log` or `x.1.log` as logrotate's
 * `extension` makes them. One that is there both packed and not is the latter.
 *
 * @throws the error of the file system if the folder cannot be read
 */
export async function rotatedLogs(path: string): Promise<RotatedLog[]> {
  const found = new Map<string, Found>()
  for (const current of new Set([path, await realpath(path).catch(() => path)])) {
    const folder = dirname(current)
    for (const entry of await readdir(folder)) {
      const name = rotatedName(basename(current), entry)
      const file = name && (await lookAt(join(folder, entry), name))
      if (file === undefined) continue
      const age = join(folder, `${name?.number ?? name?.date}`)
      const other = found.get(age)
      if (other === undefined || (other.name.isPacked && !file.name.isPacked)) found.set(age, file)
    }
  }
  // One file that two names of the folder lead to, a relative one or a link, is one file.
  const files = new Map([...found.values()].map((file) => [`${file.dev}:${file.ino}`, file]))
  return [...files.values()].sort(byAge)
}

/**
 * What a file beside the log `of` is called says of its age; `undefined` if it is no part of it.
 */
export function rotatedName(of: string, name: string): RotatedName | undefined {
  const extension = extname(of)
  const stem = of.slice(0, of.length - extension.length)
  const suffixes = [name.startsWith(of) ? name.slice(of.length) : undefined]
  if (extension !== '' && name.startsWith(stem) && stem !== '') {
    const [before, ...after] = name.slice(stem.length).split(extension)
    if (after.length === 1) suffixes.push(`${before}${after[0]}`)
  }
  for (const suffix of suffixes) {
    const groups = SUFFIX.exec(suffix ?? '')?.groups
    if (groups === undefined) continue
    const { number, date, packed } = groups
    const isPacked = packed !== undefined
    return number === undefined ? { date: digits(date), isPacked } : { number: Number(number), isPacked }
  }
  return undefined
}

const digits = (date = '') => date.replace(/\D/g, '')

async function lookAt(path: string, name: RotatedName): Promise<Found | undefined> {
  try {
    const { dev, ino, mtimeNs, size } = await stat(path, { bigint: true })
    // What is empty was never written to, or is being written.
    return size === 0n ? undefined : { path, dev: `${dev}`, ino: `${ino}`, mtimeMs: Number(mtimeNs) / 1e6, name }
  } catch {
    // Renamed or deleted since the folder was read: it is looked for again.
    return undefined
  }
}

function byAge(a: Found, b: Found): number {
  const [of, to] = [a.name, b.name]
  if (of.number !== undefined && to.number !== undefined) return to.number - of.number
  if (of.date !== undefined && to.date !== undefined && of.date !== to.date) return of.date < to.date ? -1 : 1
  return a.mtimeMs - b.mtimeMs
}
