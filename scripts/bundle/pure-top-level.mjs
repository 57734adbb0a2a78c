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
 * Tells every bundler that a module's constants may be dropped where nobody uses them: a computed
 * one, `const a = f(b.c)`, becomes `const a = /* @__PURE__ *\/ (() => (f(b.c)))()`. Without it
 * `sideEffects: false` holds for whole files only, and each package is one file.
 */
export function withPureConstants(text, file = 'source.ts') {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const computed = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .flatMap(({ name, initializer }) =>
      initializer !== undefined && ts.isIdentifier(name) && isComputed(initializer) ? [initializer] : [],
    )
  return computed.reduceRight((so, node) => {
    const [start, end] = [node.getStart(source), node.getEnd()]
    return `${so.slice(0, start)}/* @__PURE__ */ (() => (${so.slice(start, end)}))()${so.slice(end)}`
  }, text)
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
      return { contents: withPureConstants(await readFile(path, 'utf8'), path), loader: 'ts' }
    })
  },
}
