import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Binary, debianBinary } from './debian-binary.js'

const CHROMIUM = {
  names: ['chromium'],
  packages: ['chromium', 'fonts-liberation2', 'fonts-dejavu-core'],
  path: 'usr/lib/chromium/chromium',
}

/** Gives Chromium of this machine; else Debian's, unpacked, with the fonts that came with it. */
export async function findChromium(): Promise<Binary> {
  const { command, env } = await debianBinary(CHROMIUM)
  if (env === undefined) return { command }
  const root = join(dirname(command), '../../..')
  const fonts = join(root, 'fonts.conf')
  if (!existsSync(fonts)) writeFileSync(fonts, fontsOf(root))
  return { command, env: { ...env, FONTCONFIG_FILE: fonts } }
}

/** Debian's own description names folders of a system on which it is installed. */
function fontsOf(root: string): string {
  const prefer = (family: string, font: string) =>
    `<alias binding="strong"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${root}/usr/share/fonts</dir><cachedir>${root}/var/cache/fontconfig</cachedir>
${prefer('system-ui', 'Liberation Sans')}${prefer('sans-serif', 'Liberation Sans')}${prefer('monospace', 'DejaVu Sans Mono')}
</fontconfig>`
}
