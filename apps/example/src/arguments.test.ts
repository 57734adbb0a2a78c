import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readArguments } from './arguments.js'

const read = (...args: readonly string[]) => readArguments(['node', 'demo', ...args], '1.2.3')

describe('the command line', () => {
  test('has a default for everything', () => {
    expect(read()).toEqual({
      log: [],
      utc: false,
      storage: undefined,
      environment: 'emulator',
      machineKey: undefined,
      yes: false,
      timeoutMs: 30_000,
      once: false,
      open: false,
      follow: [],
      honeypot: undefined,
      neverReport: [],
    })
  })

  test('takes several logs, and one of each other flag', () => {
    expect(read('--log', 'a', '--log', 'b', '--utc', '--storage', 'sqlite:x', '--timeout-ms', '5')).toMatchObject({
      log: ['a', 'b'],
      utc: true,
      storage: 'sqlite:x',
      timeoutMs: 5,
    })
    for (const twice of [
      ['--utc'],
      ['--yes'],
      ['--once'],
      ['--open'],
      ['--honeypot', '0'],
      ['--storage', 'memory:'],
      ['--environment', 'emulator'],
      ['--machine-key', 'x'],
      ['--timeout-ms', '5'],
    ])
      expect(() => read(...twice, ...twice)).toThrow(`${twice[0]} is given twice.`)
  })

  test('takes several logs to follow, and says where a honeypot listens', () => {
    const given = read('--follow', 'sshd=/a=b.log', '--follow', 'cowrie=c.json', '--honeypot', '[::1]:80')
    expect(given.follow).toEqual([
      { format: 'sshd', path: '/a=b.log' },
      { format: 'cowrie', path: 'c.json' },
    ])
    expect(given.honeypot).toEqual({ host: '::1', port: 80 })
    expect(read('--honeypot', '8080').honeypot).toEqual({ host: '127.0.0.1', port: 8080 })
  })

  test('is refused without the password of a value that it does not take', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12,20}$/)
    const flag = fc.constantFrom('--storage', '--environment', '--timeout-ms')
    const value = fc.constantFrom<(secret: string) => string>(
      (text) => `mysql://user:${text}@host/db`,
      (text) => `http://user:${text}@capi.example/v3`,
      (text) => `mongodb://${text}@host`,
      (text) => `://user:${text}@host`,
      (text) => `amqp:user:${text}`,
      (text) => `mysql://host/db?password=${text}`,
      (text) => `user:${text}@host`,
      (text) => `${text}@host`,
    )
    fc.assert(
      fc.property(flag, value, secret, (name, of, text) => {
        const given = of(text)
        let message = ''
        try {
          read(name, given)
        } catch (error) {
          message = String(error)
        }
        expect(message).toContain(`${name} must be`)
        expect(message).not.toContain(text)
      }),
    )
  })
})
