import { type Binary, debianBinary } from './debian-binary.js'

const PROMTOOL = { names: ['promtool'], packages: ['prometheus'], path: 'usr/bin/promtool' }

/** Checks rules and dashboards of Prometheus: of this machine; else Debian's, unpacked. */
export function findPromtool(): Promise<Binary> {
  return debianBinary(PROMTOOL)
}
