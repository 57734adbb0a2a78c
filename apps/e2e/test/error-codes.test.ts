import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')

/** What is for the tests of others, or is no part of what users run. */
const LEFT_OUT = /\.test\.ts$|\/conformance\/|\/generated\/|^packages\/(emulator|test-servers)\//
const CODE = /^[a-z]+(_[a-z]+)*$/

interface Codes {
  readonly thrown: Map<string, string>
  readonly warned: Map<string, string>
}

/** The codes that a source file makes errors and warnings of, with a place for each. */
function codesIn(path: string, { thrown, warned }: Codes): void {
  const source = ts.createSourceFile(path, readFileSync(join(ROOT, path), 'utf8'), ts.ScriptTarget.Latest, true)
  const note = (codes: Map<string, string>, node: ts.Node | undefined): void => {
    if (node === undefined) return
    if (ts.isStringLiteral(node)) {
      if (CODE.test(node.text)) codes.set(node.text, path)
    } else if (ts.isTemplateExpression(node)) {
      // `${job}_failed`: any word before it.
      const [span] = node.templateSpans
      const ending = span?.literal.text ?? ''
      if (node.head.text === '' && /^_[a-z]+$/.test(ending)) codes.set(`*${ending}`, path)
    } else if (ts.isBinaryExpression(node)) {
      note(codes, node.right)
    } else if (ts.isConditionalExpression(node)) {
      note(codes, node.whenTrue)
      note(codes, node.whenFalse)
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText())) note(thrown, node.arguments?.[0])
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText()
      const isOwnError = node.expression.kind === ts.SyntaxKind.SuperKeyword && /Error$/.test(classOf(node))
      if (isOwnError) note(thrown, node.arguments[0])
      // Of what a function that makes errors is given, other words are operations.
      const given = /^\w+Error$/.test(callee)
        ? node.arguments.filter((argument) => argument.getText().includes('_'))
        : []
      for (const argument of given) note(thrown, argument)
      if (/(^|\.)warn$/.test(callee)) for (const argument of node.arguments.slice(0, 2)) note(warned, argument)
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') {
      note(isWarning(node) ? warned : thrown, node.initializer)
    }
    // Tables of codes by status, and the unions that codes are taken from.
    if (ts.isArrayLiteralExpression(node) && isBoolean(node.elements[1])) note(thrown, node.elements[0])
    if (ts.isTypeAliasDeclaration(node) && /ErrorCode$|^FailingReason$/.test(node.name.text)) {
      node.type.forEachChild((type) => {
        if (ts.isLiteralTypeNode(type)) note(thrown, type.literal)
      })
    }
    node.forEachChild(visit)
  }
  visit(source)
}

function classOf(node: ts.Node): string {
  let at = node
  while (!ts.isClassDeclaration(at) && at.parent !== undefined) at = at.parent
  return ts.isClassDeclaration(at) ? String(at.name?.text) : ''
}

function isWarning(node: ts.PropertyAssignment): boolean {
  const { parent } = node.parent
  if (ts.isCallExpression(parent)) return parent.arguments[0]?.getText() === "'warning'"
  return ts.isVariableDeclaration(parent) && parent.type?.getText() === 'TransportWarning'
}

function isBoolean(node: ts.Node | undefined): boolean {
  return node?.kind === ts.SyntaxKind.TrueKeyword || node?.kind === ts.SyntaxKind.FalseKeyword
}

function codesOfAllPackages(): Codes {
  const codes: Codes = { thrown: new Map(), warned: new Map() }
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    const folder = `packages/${name}/src`
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${file}`
      if (path.endsWith('.ts') && !LEFT_OUT.test(path)) codesIn(path, codes)
    }
  }
  return codes
}

describe('docs/errors.md', () => {
  const { thrown, warned } = codesOfAllPackages()
  const headings = [...page.matchAll(/^### (.+)$/gm)].flatMap(([, codes = '']) => codes.split(', '))
  const [, warnings = ''] = page.split('\n## Warnings\n')
  const rows = [...warnings.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, codes = '']) =>
    codes.replaceAll('`', '').split(', '),
  )

  test('has a heading for every code that a package makes an error of', () => {
    expect([...thrown].filter(([code]) => !headings.includes(code))).toEqual([])
    expect(thrown.size).toBeGreaterThan(50)
  })

  test('has a row for every code that a package warns with', () => {
    const isListed = (code: string) =>
      rows.some((row) => row === code || (code[0] === '*' && row.endsWith(code.slice(1))))
    expect([...warned].filter(([code]) => !isListed(code))).toEqual([])
    expect(warned.size).toBeGreaterThan(8)
  })

  test('names no code that nothing makes', () => {
    expect(headings.filter((code) => !thrown.has(code))).toEqual([])
    const isMade = (row: string) =>
      [...warned.keys()].some((code) => code === row || (code[0] === '*' && row.endsWith(code.slice(1))))
    expect(rows.filter((row) => !isMade(row))).toEqual([])
  })
})
