import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from './json.js'

test('a JSON text gives its value, whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(parseJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

test.each(['', '{', '{"a":1', 'undefined', '[1,]', '\u0000'])('%j is no JSON text, and nothing', (text) => {
  expect(parseJson(text)).toBeUndefined()
})
