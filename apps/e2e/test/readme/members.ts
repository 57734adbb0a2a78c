import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { workspaceRoot } from '../workspace.js'

type Declaration = ts.InterfaceDeclaration | ts.ClassDeclaration | ts.TypeAliasDeclaration

const isDeclaration = (node: ts.Node): node is Declaration =>
  ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isTypeAliasDeclaration(node)

/** What the sources of a package declare, wherever in it they lie. */
function declarationsOf(name: string): Map<string, Declaration[]> {
  const folder = join(workspaceRoot, 'packages', name, 'src')
  const found = new Map<string, Declaration[]>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts') || path.includes('generated')) continue
    const source = ts.createSourceFile(path, readFileSync(join(folder, path), 'utf8'), ts.ScriptTarget.Latest, true)
    source.forEachChild((node) => {
      if (isDeclaration(node) && node.name) found.set(node.name.text, [...(found.get(node.name.text) ?? []), node])
    })
  }
  return found
}

const packages = new Map<string, Map<string, Declaration[]>>()

/**
 * Names of what an interface, a class or a type of a package shows, those of what it extends or
 * joins in the same package included.
 */
export function membersOf(packageName: string, name: string): string[] {
  const declared = packages.get(packageName) ?? declarationsOf(packageName)
  packages.set(packageName, declared)
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node) && node.type?.kind === ts.SyntaxKind.NeverKeyword) return
    if (ts.isTypeElement(node) || ts.isClassElement(node)) {
      if (node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text)
      return // what an option holds is no option
    }
    if (ts.isTypeReferenceNode(node)) visitAll(node.typeName.getText())
    else if (ts.isExpressionWithTypeArguments(node)) visitAll(node.expression.getText())
    else node.forEachChild(visit)
  }
  const visitAll = (wanted: string): void => {
    for (const node of declared.get(wanted) ?? []) node.forEachChild(visit)
  }
  visitAll(name)
  return [...names]
}

/** The first cells of all table rows of a text. */
export function firstCells(markdown: string): string {
  return [...markdown.matchAll(/^\| (`.+?) \| /gm)].map(([, cell]) => cell).join('\n')
}
