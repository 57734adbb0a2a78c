import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { manifest } from './manifest.mjs'

// No package asks its users to install zod (6 MB, 80 files to load): @cscapi/signals brings what
// the packages use of it in one file, and its declarations as they are. All use that one copy.

const SHARED = '@cscapi/signals/zod'
const BRINGS_ZOD = manifest.name === '@cscapi/signals'

/** What `import 'zod'` becomes in a package's JavaScript. */
export const sharedZod = {
  name: 'shared-zod',
  setup({ onResolve }) {
    if (!BRINGS_ZOD) onResolve({ filter: /^zod$/ }, () => ({ path: SHARED, external: true }))
  },
}

/** What `import 'zod'` becomes in a package's declarations. */
export function zodDeclarations() {
  if (!BRINGS_ZOD) return SHARED
  const from = join('node_modules', 'zod')
  for (const folder of ['classic', 'core', 'locales']) {
    cpSync(join(from, 'v4', folder), join('dist', 'zod', folder), {
      recursive: true,
      filter: (path) => !/\.\w+$/.test(path) || path.endsWith('.d.ts'),
    })
  }
  cpSync(join(from, 'LICENSE'), join('dist', 'zod', 'LICENSE'))
  return './zod/classic/external.js'
}
