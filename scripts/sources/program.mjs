import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { cacheFolder, root } from '../prepare/paths.mjs'
import { sources } from './exports.mjs'

/**
 * Makes of a program what plain Node runs: from the sources of the workspace's packages, with no
 * build of theirs and no check of types. What is installed stays where it is, and is imported from
 * there.
 * @param {URL} program the file, in TypeScript or JavaScript
 * @returns {Promise<string>} the full path of what is to be run
 */
export async function bundleProgram(program) {
  const path = fileURLToPath(program)
  const { outputFiles } = await build({
    entryPoints: [path],
    outdir: join(cacheFolder, 'programs', relative(root, path)),
    entryNames: 'program',
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    // What is imported when it is needed, an adapter and its driver, is loaded then.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['node'],
    // What TypeScript is told about paths is about declarations.
    tsconfigRaw: {},
    logLevel: 'silent',
    plugins: [fromSources],
  })
  // The program last: others may bundle and start the same one meanwhile.
  const main = outputFiles.find(({ path }) => path.endsWith(`${sep}program.mjs`))
  for (const file of outputFiles) if (file !== main) await replace(file.path, file.contents)
  await replace(main.path, main.contents)
  return main.path
}

/** At no moment is there half a file. */
async function replace(path, contents) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.${process.pid}`, contents)
  await rename(`${path}.${process.pid}`, path)
}

/** @type {import('esbuild').Plugin} */
const fromSources = {
  name: 'from-sources',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || pluginData === fromSources) return undefined
      const source = sources.get(path)
      if (source !== undefined) return { path: source, sideEffects: false }
      // A peer that a package lacks is the program's to bring.
      for (const folder of [resolveDir, dirname(build.initialOptions.entryPoints[0])]) {
        const found = await build.resolve(path, { kind, importer, resolveDir: folder, pluginData: fromSources })
        if (found.external) return found
        if (found.errors.length === 0) return { path: pathToFileURL(found.path).href, external: true }
      }
      // What nobody brings may never be reached: an adapter that is not named, a peer that is not
      // used.
      return { path, external: true }
    })
    // So may Prisma's client, which is made by a tool that the demo does not install.
    build.onResolve({ filter: /\/generated\/client\.js$/ }, ({ path, resolveDir }) =>
      existsSync(join(resolveDir, path.replace(/\.js$/, '.ts'))) ? undefined : { path, external: true },
    )
    // A module finds from inside of the bundle what it finds from where it lies.
    build.onLoad({ filter: /\.m?[jt]s$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!text.includes('import.meta.url')) return undefined
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      return { contents, loader: path.endsWith('ts') ? 'ts' : 'js' }
    })
  },
}
