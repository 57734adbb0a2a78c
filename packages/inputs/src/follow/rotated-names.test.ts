import { expect, test } from 'vitest'
import { rotatedName } from './rotated-names.js'

test.each([
  ['app.log', 'app.log.1', { number: 1, isPacked: false }],
  ['app.log', 'app.log.12.gz', { number: 12, isPacked: true }],
  ['app.log', 'app.log-20261128', { date: '20261128', isPacked: false }],
  ['app.log', 'app.log-20261128.gz', { date: '20261128', isPacked: true }],
  ['app.log', 'app.log-1795824729', { date: '1795824729', isPacked: false }],
  ['cowrie.json', 'cowrie.json.2026-11-28', { date: '20261128', isPacked: false }],
  ['opencanary.log', 'opencanary.log.2026-11-28_10-00', { date: '202611281000', isPacked: false }],
  ['app.log', 'app-20261128.log', { date: '20261128', isPacked: false }],
  ['app.log', 'app.1.log.gz', { number: 1, isPacked: true }],
  ['auth', 'auth.1', { number: 1, isPacked: false }],
])('beside %s, %s is an older file of it', (of, name, expected) => {
  expect(rotatedName(of, name)).toEqual(expected)
})

test.each([
  ['app.log', 'app.log'],
  ['app.log', 'app.log.old'],
  ['app.log', 'app.log.1.tmp'],
  ['app.log', 'app2.log.1'],
  ['app.log', 'my-app.log.1'],
  ['app.log', 'app-error.log'],
  ['app.log', 'app-error.log.1'],
])('beside %s, %s is not', (of, name) => {
  expect(rotatedName(of, name)).toBeUndefined()
})
