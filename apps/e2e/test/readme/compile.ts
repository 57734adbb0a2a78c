import { join, relative } from 'node:path'
import ts from 'typescript'
import { workspacePackages, workspaceRoot } from '../workspace.js'
import type { Example } from './examples.js'

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
  typeRoots: [join(workspaceRoot, 'node_modules', '@types')],
}

/**
 * Compiles all examples as one program against the built packages. Returns each mistake as
 * `README:line: message`.
 */
export function compileExamples(examples: readonly Example[]): string[] {
  const sources = new Map(examples.map((example, index) => [`${example.readme}.${index}.ts`, example]))
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = (file) => sources.has(file) || fileExists(file)
  host.readFile = (file) => sources.get(file)?.code ?? readFile(file)
  host.getSourceFile = (file, languageVersion) => {
    const code = host.readFile(file)
    return code === undefined ? undefined : ts.createSourceFile(file, code, languageVersion)
  }
  host.resolveModuleNameLiterals = (literals, importer, _redirected, _options, file) =>
    literals.map((literal) => {
      const { text } = literal
      // Declarations of others are what their package says, which may be CommonJS.
      const mode = sources.has(importer) ? ts.ModuleKind.ESNext : ts.getModeForUsageLocation(file, literal, options)
      return ts.resolveModuleName(text, seenFrom(text, importer), options, host, undefined, undefined, mode)
    })

  const program = ts.createProgram([...sources.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => describe(diagnostic, sources))
}

/**
 * A package of the workspace is what its own exports say, whether the README's package depends on
 * it or not.
 */
function seenFrom(specifier: string, importer: string): string {
  const [name] = specifier.match(/^@cscapi\/[^/]+/) ?? []
  const own = workspacePackages().find(({ manifest }) => manifest.name === name)
  return own === undefined ? importer : join(own.folder, 'self-reference.ts')
}

function describe({ file, start, messageText }: ts.Diagnostic, sources: ReadonlyMap<string, Example>): string {
  const message = ts.flattenDiagnosticMessageText(messageText, ' ')
  if (file === undefined) return message
  const line = file.getLineAndCharacterOfPosition(start ?? 0).line + 1
  return `${relative(workspaceRoot, sources.get(file.fileName)?.readme ?? file.fileName)}:${line}: ${message}`
}
