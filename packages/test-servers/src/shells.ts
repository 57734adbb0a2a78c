import { readdirSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { type Binary, debianBinary } from './debian-binary.js'

/** A zsh, and what it has to run first to find its own modules and functions. */
export interface Zsh extends Binary {
  readonly setUp: string
}

/** zsh: of this machine; else Debian's, unpacked. */
export async function findZsh(): Promise<Zsh> {
  const packages = ['zsh', 'zsh-common']
  // Where it lies depends on the version of Debian.
  const at = (path: string) => debianBinary({ names: ['zsh'], packages, path })
  const zsh = await at('bin/zsh').catch(() => at('usr/bin/zsh'))
  return { ...zsh, setUp: zsh.env === undefined ? '' : foldersOf(zsh.command.split(`${sep}zsh${sep}`)[0] ?? '') }
}

function foldersOf(cache: string): string {
  const root = join(cache, 'zsh')
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
  const modules = names.filter((name) => name.endsWith(join('zsh', 'zle.so'))).map((name) => dirname(dirname(name)))
  const functions = names.filter((name) => name.includes(join('share', 'zsh', 'functions'))).map(dirname)
  const list = (folders: readonly string[]) => [...new Set(folders)].map((folder) => join(root, folder)).join(' ')
  return `module_path=(${list(modules)}); fpath=(${list(functions)})`
}

/** fish: of this machine; else Debian's, unpacked. */
export function findFish(): Promise<Binary> {
  return debianBinary({ names: ['fish'], packages: ['fish', 'fish-common'], path: 'usr/bin/fish' })
}
