import { readFile } from 'node:fs/promises'
import ts from 'typescript'

/** What bundlers take for an effect, although our constants do nothing but compute their value. */
const COMPUTED = new Set([
  ts.SyntaxKind.CallExpression,
  ts.SyntaxKind.NewExpression,
  ts.SyntaxKind.TaggedTemplateExpression,
  ts.SyntaxKind.TemplateExpression,
  ts.SyntaxKind.SpreadElement,
  ts.SyntaxKind.SpreadAssignment,
  ts.SyntaxKind.PropertyAccessExpression,
  ts.SyntaxKind.ElementAccessExpression,
  ts.SyntaxKind.BinaryExpression,
])

/**
 * Tells every bundler that what a module declares may be dropped where nobody uses it: a computed
 * constant, `const a = f(b.c)`, becomes `const a = /* @__PURE__ *\/ (() => (f(b.c)))()`, and so
 * does a class that computes something, a member's name for one. Without it `sideEffects: false`
 * holds for whole files only, and each package is one file.
 */
export function withPureDeclarations(text, file = 'source.ts') {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const edits = source.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(constantEdits)
    return ts.isClassDeclaration(statement) && computesName(statement) ? classEdits(statement) : []
  })
  return edits.reduceRight((so, [start, end, instead]) => so.slice(0, start) + instead + so.slice(end), text)

  function constantEdits({ name, initializer }) {
    if (initializer === undefined || !ts.isIdentifier(name) || !isComputed(initializer)) return []
    const [start, end] = [initializer.getStart(source), initializer.getEnd()]
    return [
      [start, start, '/* @__PURE__ */ (() => ('],
      [end, end, '))()'],
    ]
  }

  /**
   * The class keeps its name, which is shown: it is a property's value, and the property has it.
   */
  function classEdits({ name, modifiers = [], end }) {
    const first = modifiers.find(({ kind }) => kind !== ts.SyntaxKind.ExportKeyword)
    const start = first?.getStart(source) ?? text.lastIndexOf('class', name.getStart(source))
    return [
      [start, name.getEnd(), `const ${name.text} = /* @__PURE__ */ (() => ({ ${name.text}: class`],
      [end, end, ` }).${name.text})()`],
    ]
  }
}

/** `[Symbol.iterator]` is known to bundlers; any other expression may do something. */
function computesName({ members }) {
  return members.some(
    ({ name }) =>
      name !== undefined &&
      ts.isComputedPropertyName(name) &&
      !(ts.isPropertyAccessExpression(name.expression) && name.expression.expression.text === 'Symbol'),
  )
}

function isComputed(node) {
  if (ts.isFunctionLike(node) || ts.isAwaitExpression(node)) return false
  return COMPUTED.has(node.kind) || (ts.forEachChild(node, isComputed) ?? false)
}

/** An esbuild plugin that does so for the sources of the package. */
export const pureTopLevel = {
  name: 'pure-top-level',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/][^.].*\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined
      return { contents: withPureDeclarations(await readFile(path, 'utf8'), path), loader: 'ts' }
    })
  },
}
