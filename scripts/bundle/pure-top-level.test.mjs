import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { withPureDeclarations } from './pure-top-level.mjs'

/** What a bundler keeps of a module that nobody uses a name of. */
async function kept(text) {
  const { outputFiles } = await build({
    stdin: { contents: withPureDeclarations(text), loader: 'ts' },
    bundle: true,
    format: 'esm',
    external: ['*'],
    treeShaking: true,
    write: false,
  })
  return outputFiles[0].text.replace(/^import .*$/gm, '').trim()
}

test.each([
  ['a call', 'const a = make()'],
  ['calls in calls', 'const a = make({ b: make().list(), c: [make()] })'],
  ['a template', 'const a = `$' + '{b} and $' + '{c}`'],
  ['a spread', 'const a = { ...b, c: [...d] }'],
  ['an access', 'const a = b.c.d[0]'],
  ['a type beside it', 'const a: Map<string, number> = new Map(list.map((b) => [b, 1])) satisfies object'],
  ['two constants of one statement', 'const a = make(), b = a.c'],
  ['a class with a computed name', "class A { [Symbol.for('b')]() { return 1 } }"],
  ['an abstract class with a computed name', 'abstract class A<T> { [b.c](d: T): void {} }'],
])('%s is dropped', async (_, text) => {
  expect(await kept(`${text}\nexport {}`)).toBe('')
})

test.each([
  ['a call that stands alone', 'start()'],
  ['an assignment', 'globalThis.a = 1'],
])('%s is kept', async (_, text) => {
  expect(await kept(text)).not.toBe('')
})

test('a module does what it did before', async () => {
  const text = withPureDeclarations(`
    const list = [1, 2].map((one) => one * 2)
    export class Shown { [Symbol.for('shown')]() { return list.join() } static from() { return new Shown() } }
    export const shown = Shown.from()[Symbol.for('shown')]()`)
  const { outputFiles } = await build({ stdin: { contents: text, loader: 'ts' }, format: 'esm', write: false })
  const module = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
  expect(module.shown).toBe('2,4')
  expect(module.Shown.name).toBe('Shown')
})

test('what is computed when a function is called stays as it is', () => {
  const text = 'export const a = () => make()\nexport function b() { return c.d }\nconst e = 1'
  expect(withPureDeclarations(text)).toBe(text)
})
