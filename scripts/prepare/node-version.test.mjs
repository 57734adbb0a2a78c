import { expect, test } from 'vitest'
import { nodeComplaint } from './node-version.mjs'

test.each(['20.19.0', '20.20.2', '22.0.0', '26.1.0'])('Node %s will do', (version) => {
  expect(nodeComplaint(version)).toBeUndefined()
})

test.each(['18.20.0', '20.18.3', '8.0.0'])(
  'Node %s is refused by a sentence that names it and what is needed',
  (version) => {
    expect(nodeComplaint(version)).toMatch(new RegExp(`^cscapi needs Node 20\\.19 .*Node ${version}`))
  },
)
