import fc from 'fast-check'
import { TOKEN } from './every-call.js'

/** How many values are tried at random: all of them in the long run alone. */
export const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 100_000 : 5_000

/** The same as a test's name says it. */
export const RUNS_TEXT = RUNS.toLocaleString('en')

const words = fc.constantFrom(
  'new',
  'deleted',
  'links',
  'blocklists',
  'allowlists',
  'token',
  'expire',
  'message',
  'code',
)
/** Values that are near to what CAPI says, and others. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      1e308,
      '',
      'Ip',
      '1.2.3.4',
      '4h',
      '3h59m55.756182786s',
      'OK',
      'Forbidden',
      TOKEN,
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.double(),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(
        words,
        fc.constantFrom('value', 'duration', 'scope', 'scenario', 'decisions', 'name', 'url', '__proto__'),
      ),
      tie('any'),
      { maxKeys: 6 },
    ),
  ),
})).any
