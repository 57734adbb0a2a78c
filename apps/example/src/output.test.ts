import { expect, test } from 'vitest'
import { count, Output } from './output.js'

/**
 * What a stream was given, and what a terminal would show of it: a carriage return goes back to the
 * start of the line.
 */
function screen(isTTY: boolean) {
  let written = ''
  const stream = {
    isTTY,
    columns: 40,
    write(text: string) {
      written += text
    },
  }
  const shown = () =>
    written.split('\n').map((line) => {
      const parts = line.split('\r')
      return parts.reduce((so, part) => part + so.slice(part.length), '').trimEnd()
    })
  return { output: new Output(stream), written: () => written, shown }
}

test('on a terminal, progress is one live line that is replaced and leaves nothing behind', () => {
  const { output, shown } = screen(true)
  output.progress('1 of 100 signals sent')
  output.progress('99 sent')
  expect(shown()).toEqual(['99 sent'])
  output.line('Done.')
  expect(shown()).toEqual(['Done.', ''])
})

test('on a terminal, a live line is cut so that it never wraps', () => {
  const { output, shown } = screen(true)
  output.progress('x'.repeat(100))
  expect(shown()).toEqual(['x'.repeat(39)])
})

test('elsewhere there are plain lines only', () => {
  const { output, written } = screen(false)
  output.progress('1 of 100 signals sent')
  output.line('Done.')
  output.table([
    ['Sent', '7'],
    ['Attackers', '6'],
  ])
  expect(written()).toBe('Done.\n  Sent        7\n  Attackers   6\n')
})

test('numbers are written for people', () => {
  expect(count(1, 'signal')).toBe('1 signal')
  expect(count(2_000, 'signal')).toBe('2,000 signals')
})

test('nothing that is told moves a terminal or begins a line of its own', () => {
  const { output, written } = screen(false)
  output.line('a\u001b[2J\r\nb\u202ec\u2028d\u009b\ud800')
  expect(written()).toBe('a\uFFFD[2J b\uFFFDc d\uFFFD\uFFFD\n')
})
