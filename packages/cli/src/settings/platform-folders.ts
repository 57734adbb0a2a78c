import { homedir } from 'node:os'
import { join } from 'node:path'

// By hand, since the libraries for it load Node's process as a module, which opens standard input:
// a part of what adding a signal may cost that can be measured.

/** Where a platform wants to have what programs of a user keep. */
interface Folders {
  readonly state: string
  readonly config: string
  readonly cache: string
}

/** The folders of this user, for cscapi alone. */
export function platformFolders(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Folders {
  const { state, config, cache } = foldersOf(env, platform, homedir())
  return { state: join(state, 'cscapi'), config: join(config, 'cscapi'), cache: join(cache, 'cscapi') }
}

function foldersOf(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string): Folders {
  if (platform === 'darwin') {
    const library = join(home, 'Library')
    return {
      state: join(library, 'Application Support'),
      config: join(library, 'Preferences'),
      cache: join(library, 'Caches'),
    }
  }
  if (platform === 'win32') {
    return {
      state: env.LOCALAPPDATA || join(home, 'AppData', 'Local'),
      config: env.APPDATA || join(home, 'AppData', 'Roaming'),
      cache: env.LOCALAPPDATA || join(home, 'AppData', 'Local'),
    }
  }
  return {
    state: env.XDG_STATE_HOME || join(home, '.local', 'state'),
    config: env.XDG_CONFIG_HOME || join(home, '.config'),
    cache: env.XDG_CACHE_HOME || join(home, '.cache'),
  }
}
