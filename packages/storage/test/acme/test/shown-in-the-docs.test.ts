import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const guide = read('../../../../../docs/adding-an-adapter.md')

/** A file as it stands in a project of its own. */
const asPublished = (text: string) =>
  text
    .replace("'../../../src/conformance/index.js'", "'@cscapi/storage/conformance'")
    .replace("'../../../src/index.js'", "'@cscapi/storage'")

test.each(['../src/storage.ts', './conformance.test.ts'])(
  'docs/adding-an-adapter.md shows %s to the letter',
  (path) => {
    expect(guide).toContain(`\`\`\`ts\n${asPublished(read(path))}\`\`\``)
  },
)
