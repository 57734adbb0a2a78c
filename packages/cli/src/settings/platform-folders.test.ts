import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { platformFolders } from './platform-folders.js'

const home = homedir()

test.each([
  ['linux', {}, join(home, '.local/state/cscapi'), join(home, '.config/cscapi'), join(home, '.cache/cscapi')],
  [
    'linux',
    { XDG_STATE_HOME: '/s', XDG_CONFIG_HOME: '/c', XDG_CACHE_HOME: '/k' },
    '/s/cscapi',
    '/c/cscapi',
    '/k/cscapi',
  ],
  ['freebsd', {}, join(home, '.local/state/cscapi'), join(home, '.config/cscapi'), join(home, '.cache/cscapi')],
  [
    'darwin',
    {},
    join(home, 'Library/Application Support/cscapi'),
    join(home, 'Library/Preferences/cscapi'),
    join(home, 'Library/Caches/cscapi'),
  ],
  ['win32', { LOCALAPPDATA: '/l', APPDATA: '/r' }, '/l/cscapi', '/r/cscapi', '/l/cscapi'],
] as const)(
  'on %s with %j, state lies in %s, configuration in %s and what can be made anew in %s',
  (platform, env, state, config, cache) => {
    expect(platformFolders(env, platform)).toEqual({ state, config, cache })
  },
)
