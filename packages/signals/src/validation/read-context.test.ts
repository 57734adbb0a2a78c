import { expect, test } from 'vitest'
import { createSignal } from '../create-signal/create-signal.js'

const pair = { key: 'k', value: 'v' }

test.each([
  ['context[1].key', Object.assign([pair], { 2: pair })],
  ['context.k[1]', { k: Object.assign(['a'], { 2: 'b' }) }],
])('%s, missing in the midst of a list, is told of', (path, context) => {
  const input = { attackerIp: '203.0.113.7', scenario: 'acme/x', createdAt: Date.now(), machineId: 'm' }
  expect(() => createSignal({ ...input, context } as never)).toThrow(`${path}: must be text (got undefined)`)
})
