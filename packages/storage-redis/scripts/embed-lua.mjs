// Writes src/scripts.gen.ts: every script of lua/ as a string with its includes and without comment
// lines, since files cannot be read once an application is bundled.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const folder = new URL('../lua/', import.meta.url)

function expand(path, seen) {
  if (seen.has(path)) return []
  seen.add(path)
  return readFileSync(new URL(path, folder), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const include = /^-- @include (\S+)$/.exec(line)
      if (include) return expand(`includes/${include[1]}.lua`, seen)
      return /^\s*(--.*)?$/.test(line) ? [] : [line]
    })
}

// Line by line, since an error that nobody catches shows the line of the bundle that threw it.
const text = (lines) => `[\n${lines.map((line) => `      ${JSON.stringify(line)},`).join('\n')}\n    ].join('\\n')`

const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.lua'))
  .sort()
  .map((file) => {
    const lines = expand(file, new Set())
    const sha = createHash('sha1').update(lines.join('\n')).digest('hex')
    const name = file.slice(0, -'.lua'.length).replace(/-(\w)/g, (_, letter) => letter.toUpperCase())
    return `  ${name}: {\n    name: '${name}',\n    sha: '${sha}',\n    lua: ${text(lines)},\n  },`
  })

writeFileSync(
  new URL('../src/scripts.gen.ts', import.meta.url),
  ['// Made by scripts/embed-lua.mjs from lua/*.lua.', 'export const scripts = {', ...scripts, '} as const', ''].join(
    '\n',
  ),
)
