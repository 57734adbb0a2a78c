import { describe, expect, test } from 'vitest'
import { packagesWithoutChangeset } from './changeset-check.mjs'

describe('the changeset check', () => {
  test('names each package whose source changed without a changeset, once', () => {
    const changed = ['packages/core/src/a.ts', 'packages/core/src/b.ts', 'packages/signals/src/c.ts']
    expect(packagesWithoutChangeset(changed, [])).toEqual(['packages/core', 'packages/signals'])
  })

  test('is content with one new changeset', () => {
    expect(packagesWithoutChangeset(['packages/core/src/a.ts'], ['.changeset/brave-cats-run.md'])).toEqual([])
  })

  test('does not count the README of the changeset folder', () => {
    expect(packagesWithoutChangeset(['packages/core/src/a.ts'], ['.changeset/README.md'])).toEqual(['packages/core'])
  })

  test.each(['packages/core/README.md', 'packages/core/src/a.test.ts', 'apps/e2e/src/a.ts', 'docs/a.md'])(
    'lets %s change without one',
    (path) => expect(packagesWithoutChangeset([path], [])).toEqual([]),
  )
})
