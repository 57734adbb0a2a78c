import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { workspaceRoot } from '../workspace.js'

type Declaration = ts.InterfaceDeclaration | ts.ClassDeclaration | ts.TypeAliasDeclaration

const isDeclaration = (node: ts.Node): node is Declaration =>
  ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isTypeAliasDeclaration(node)

/** The sources of a package, wherever in it they lie. */
function sourcesOf(name: string): ts.SourceFile[] {
  const folder = join(workspaceRoot, 'packages', name, 'src')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('generated'))
    .map((path) => {
      const text = readFileSync(join(folder, path), 'utf8')
      return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    })
}

function declarationsOf(name: string): Map<string, Declaration[]> {
  const found = new Map<string, Declaration[]>()
  for (const source of sourcesOf(name)) {
    source.forEachChild((node) => {
      if (isDeclaration(node) && node.name) found.set(node.name.text, [...(found.get(node.name.text) ?? []), node])
    })
  }
  return found
}

/**
 * The names that `Pick<Type, 'one' | 'other'>` takes out of a type; `undefined` for anything else.
 */
function pickedBy(node: ts.Node): string[] | undefined {
  if (!ts.isTypeReferenceNode(node) && !ts.isExpressionWithTypeArguments(node)) return undefined
  const [, keys] = node.typeArguments ?? []
  const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression
  if (name.getText() !== 'Pick' || keys === undefined) return undefined
  return [...keys.getText().matchAll(/'(\w+)'/g)].map(([, key = '']) => key)
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
    const picked = pickedBy(node)
    if (picked !== undefined) for (const one of picked) names.add(one)
    else if (ts.isTypeReferenceNode(node)) visitAll(node.typeName.getText())
    else if (ts.isExpressionWithTypeArguments(node)) visitAll(node.expression.getText())
    else node.forEachChild(visit)
  }
  const visitAll = (wanted: string): void => {
    for (const node of declared.get(wanted) ?? []) node.forEachChild(visit)
  }
  visitAll(name)
  return [...names]
}

/**
 * The defaults that the schemas of a package fill in, as text: a number in digits, a text without
 * quotes. Those that are calculated are left out.
 */
export function defaultsOf(packageName: string): [option: string, value: string][] {
  const found: [string, string][] = []
  const visit = (node: ts.Node): void => {
    node.forEachChild(visit)
    if (!ts.isPropertyAssignment(node) || !ts.isCallExpression(node.initializer)) return
    const { expression, arguments: given } = node.initializer
    if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'default') return
    const value = given[0]?.getText() ?? ''
    if (/^(\d[\d_]*|true|false|'.*')$/.test(value)) found.push([node.name.getText(), value.replace(/[_']/g, '')])
  }
  for (const source of sourcesOf(packageName)) visit(source)
  return found
}

/** The first cells of all table rows of a text. */
export function firstCells(markdown: string): string {
  return [...markdown.matchAll(/^\| (`.+?) \| /gm)].map(([, cell]) => cell).join('\n')
}
