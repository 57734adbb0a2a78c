import { describe, expect, test } from 'vitest'
import { DecisionSet } from '../index.js'
import { createRemediate, type Outcome, type RemediationOptions } from './index.js'

async function setUp(options: Partial<RemediationOptions> = {}) {
  const decisions = new DecisionSet()
  const list = (name: string, remediation: string) => ({ name, scope: 'ip', remediation, duration: '24h' })
  await decisions.replaceBlocklist(list('bans', 'ban'), ['203.0.113.7', '2001:db8::/32'])
  await decisions.replaceBlocklist(list('doubts', 'captcha'), ['203.0.113.8'])
  const told: Outcome[] = []
  const remediate = createRemediate({ decisions, onOutcome: (outcome) => told.push(outcome), ...options })
  const of = (remoteAddress: string | undefined, headers: Record<string, string> = {}) =>
    remediate({ remoteAddress, header: (name) => headers[name] })
  return { of, told }
}

describe('a request', () => {
  test('is judged by what the decisions say of its client', async () => {
    const { of, told } = await setUp()
    expect(of('198.51.100.1')).toEqual({ kind: 'pass', address: '198.51.100.1' })
    expect(of('::ffff:203.0.113.7')).toMatchObject({
      kind: 'remediate',
      address: '203.0.113.7',
      decision: { remediation: 'ban', reason: 'bans' },
    })
    expect(of('203.0.113.8')).toMatchObject({ decision: { remediation: 'captcha' } })
    expect(told.map(({ kind, address }) => `${kind} ${address}`)).toEqual([
      'remediate 203.0.113.7',
      'remediate 203.0.113.8',
    ])
  })

  test('of a proxy is its client’s only where that proxy is trusted, and in one header alone', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=198.51.100.1' }
    expect((await setUp()).of('10.0.0.1', headers)).toEqual({ kind: 'pass', address: '10.0.0.1' })
    const { of } = await setUp({ trustProxy: ['10.0.0.1'] })
    expect(of('10.0.0.1', headers)).toMatchObject({ kind: 'remediate', address: '203.0.113.7' })
    expect(of('10.0.0.2', headers)).toEqual({ kind: 'pass', address: '10.0.0.2' })
    const other = await setUp({ trustProxy: ['10.0.0.0/24'], proxyHeader: 'Forwarded' })
    expect(other.of('10.0.0.9', headers)).toEqual({ kind: 'pass', address: '198.51.100.1' })
  })

  test.each([
    [{}, false],
    [{ whenUnknown: 'block' as const }, true],
  ])('of which nobody knows the client is as %j says', async (options, isBlocked) => {
    const { of, told } = await setUp({ ...options, trustProxy: ['10.0.0.1'] })
    const outcome = { kind: 'unknown', reason: 'no_address', address: undefined, isBlocked, error: undefined }
    expect([of(undefined), of('10.0.0.1', { 'x-forwarded-for': 'unknown' })]).toEqual([outcome, outcome])
    expect(told).toEqual([outcome, outcome])
  })

  test('about which the decisions throw is unknown too, and the error is told', async () => {
    const error = new Error('not now')
    const decisions = {
      check: () => {
        throw error
      },
    }
    const { of } = await setUp({ decisions, whenUnknown: 'block' })
    expect(of('203.0.113.7')).toEqual({
      kind: 'unknown',
      reason: 'check_failed',
      address: '203.0.113.7',
      isBlocked: true,
      error,
    })
  })

  test('whose client has brought it about itself that nobody knows it is refused in any case', () => {
    const remediate = createRemediate({ decisions: new DecisionSet(), trustProxy: ['10.0.0.1', 'unix'] })
    const request = { remoteAddress: undefined, header: () => '198.51.100.1' }
    expect(remediate({ ...request, isGone: true })).toMatchObject({ reason: 'gone', isBlocked: true })
    expect(remediate({ ...request, isCut: true })).toMatchObject({ reason: 'cut', isBlocked: true })
    const direct = { ...request, remoteAddress: '198.51.100.2', isCut: true }
    expect(remediate(direct), 'no header counts').toEqual({ kind: 'pass', address: '198.51.100.2' })
  })
})

test('every option that is wrong is named, with the rule', () => {
  const wrong: object = {
    decisions: {},
    trustProxy: ['10.0.0.0/33', 'loopback', 5, '::/0'],
    proxyHeader: 'x forwarded',
    whenUnknown: 'open',
    onOutcome: 'log',
  }
  expect(() => Reflect.apply(createRemediate, undefined, [wrong])).toThrow(
    expect.objectContaining({
      code: 'invalid_input',
      issues: [
        expect.objectContaining({ path: 'decisions' }),
        expect.objectContaining({ path: 'proxyHeader', value: '"x forwarded"' }),
        expect.objectContaining({ path: 'whenUnknown' }),
        expect.objectContaining({ path: 'onOutcome' }),
        expect.objectContaining({ path: 'trustProxy[0]', value: '"10.0.0.0/33"' }),
        expect.objectContaining({ path: 'trustProxy[1]' }),
        expect.objectContaining({ path: 'trustProxy[2]', value: '5' }),
        expect.objectContaining({ path: 'trustProxy[3]', rule: expect.stringContaining('must not be everybody') }),
      ],
    }),
  )
})
