import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readDecisionFile } from './decision-file.js'

const folder = mkdtempSync(join(tmpdir(), 'cscapi-decision-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(content: string) {
  const file = join(folder, 'decisions')
  writeFileSync(file, content)
  return readDecisionFile(file)
}

describe('a file of decisions', () => {
  test('may be plain text, one value a line, with comments and blank lines', () => {
    expect(read('# ours\n203.0.113.7\r\n\n 2001:db8::/32 # a range\n')).toEqual({
      decisions: [{ value: '203.0.113.7' }, { value: '2001:db8::/32' }],
    })
  })

  test('may be a JSON list of decisions', () => {
    expect(read('[{"value":"203.0.113.7","duration":"1h"}]')).toEqual({
      decisions: [{ value: '203.0.113.7', duration: '1h' }],
    })
  })

  test('may be a JSON object that seeds the linked lists too', () => {
    const seeds = {
      decisions: [{ value: '203.0.113.7' }],
      blocklists: [{ name: 'botnet', values: ['203.0.113.8'] }],
      allowlists: [{ name: 'office', items: ['198.51.100.0/24'] }],
    }
    expect(read(JSON.stringify(seeds))).toEqual(seeds)
  })

  test('may be a saved answer of the stream', () => {
    const group = { scenario: 'acme/a', scope: 'ip', decisions: [{ value: '203.0.113.7', duration: '3h' }] }
    expect(read(JSON.stringify({ new: [group], deleted: null }))).toEqual({
      decisions: [{ value: '203.0.113.7', duration: '3h', scope: 'ip', scenario: 'acme/a' }],
    })
  })

  test.each([
    ['[1]', 'decisions[0]'],
    ['{"decision":[]}', 'decision'],
    ['{"decisions":', '--decisions'],
  ])('%s is refused, and the place is named', (content, path) => {
    expect(() => read(content)).toThrowError(
      expect.objectContaining({ name: 'InputError', issues: [expect.objectContaining({ path })] }),
    )
  })
})
