import { createHash } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a file aside, brings it to disk and moves it in place: whoever reads it finds the old one
 * or the new one, whole, after a power cut too. One that exists keeps its mode and its owner.
 *
 * @param beforeChange called when it says something new, before it is moved in place
 * @returns whether it says anything new; what stands behind `#` is no news
 */
export async function writeInPlace(
  path: string,
  chunks: AsyncIterable<string>,
  beforeChange: () => Promise<void> | undefined = () => undefined,
): Promise<boolean> {
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}`)
  const before = await stat(path).catch(() => undefined)
  const news = new News()
  try {
    const file = await open(aside, 'w', before === undefined ? 0o644 : before.mode & 0o7777)
    try {
      for await (const chunk of chunks) {
        news.add(chunk)
        await file.writeFile(chunk)
      }
      if (before !== undefined) await file.chmod(before.mode & 0o7777)
      // Root alone may give a file away; whoever may not owns it already, or never did.
      if (before !== undefined) await file.chown(before.uid, before.gid).catch(() => undefined)
      await file.sync()
    } finally {
      await file.close()
    }
    if (before !== undefined && news.digest() === (await newsOf(path))) {
      await rm(aside)
      return false
    }
    await beforeChange()
    await rename(aside, path)
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

/** A digest of the lines that are no comments: those hold the time of the export. */
class News {
  readonly #hash = createHash('sha256')
  #rest = ''

  add(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) if (!line.startsWith('#')) this.#hash.update(line).update('\n')
  }

  digest(): string {
    return this.#hash.update(this.#rest).digest('base64')
  }
}

async function newsOf(path: string): Promise<string> {
  const news = new News()
  news.add(await readFile(path, 'utf8'))
  return news.digest()
}

/** The move itself is on disk only then; Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
