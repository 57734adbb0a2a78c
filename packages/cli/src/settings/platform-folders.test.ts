import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { platformFolders } from './platform-folders.js'

const home = homedir()

test.each([
  ['linux', {}, join(home, '.local/state/cscapi'), join(home, '.config/cscapi')],
  ['linux', { XDG_STATE_HOME: '/s', XDG_CONFIG_HOME: '/c' }, '/s/cscapi', '/c/cscapi'],
  ['freebsd', {}, join(home, '.local/state/cscapi'), join(home, '.config/cscapi')],
  ['darwin', {}, join(home, 'Library/Application Support/cscapi'), join(home, 'Library/Preferences/cscapi')],
  ['win32', { LOCALAPPDATA: '/l', APPDATA: '/r' }, '/l/cscapi', '/r/cscapi'],
] as const)('on %s with %j, state lies in %s and configuration in %s', (platform, env, state, config) => {
  expect(platformFolders(env, platform)).toEqual({ state, config })
})
