import { existsSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { workspacePackages, workspaceRoot } from './workspace.js'

const published = workspacePackages()
  .filter(({ manifest, folder }) => manifest.private !== true && existsSync(join(folder, 'src/index.ts')))
  .map(({ manifest, folder }) => ({ name: manifest.name, folder }))

/** Packages are read from their sources, as nothing is built for this test. */
const paths = {
  ...Object.fromEntries(published.map(({ name, folder }) => [name, [join(folder, 'src/index.ts')]])),
  zod: [join(workspaceRoot, 'packages/signals/src/zod.ts')],
}

/** What a class has from `Error` and `Object`, documented where those are. */
const INHERITED = new Set(['name', 'toJSON', 'toString'])

/**
 * Everything a package of ours exports, and every member of it, that no comment says anything of.
 */
function undocumented(folder: string): string[] {
  const config = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, folder)
  const index = join(folder, 'src/index.ts')
  const program = ts.createProgram([index], { ...options, paths })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(index)
  const module = source && checker.getSymbolAtLocation(source)
  if (module === undefined) throw new Error(`${index} exports nothing`)
  const isSaid = (symbol: ts.Symbol) =>
    symbol.getDocumentationComment(checker).length > 0 || symbol.getJsDocTags(checker).length > 0
  const own = checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter((symbol) => symbol.declarations?.[0]?.getSourceFile().fileName.startsWith(join(folder, 'src')))
  return own.flatMap((symbol) => {
    const declared = symbol.declarations?.[0]
    const hasMembers = declared && (ts.isInterfaceDeclaration(declared) || ts.isClassDeclaration(declared))
    const members = (hasMembers ? [...declared.members] : []).flatMap(({ name }) => {
      if (name === undefined || !ts.isIdentifier(name) || INHERITED.has(name.text)) return []
      const member = checker.getSymbolAtLocation(name)
      return member === undefined || isSaid(member) ? [] : [`${symbol.name}.${name.text}`]
    })
    return [...(isSaid(symbol) ? [] : [symbol.name]), ...members]
  })
}

describe('every export, and every member of it, has a comment that says what it is', () => {
  test.each(published)('$name', ({ folder }) => {
    expect(undocumented(folder)).toEqual([])
  })
})
