import { cpus } from 'node:os'

const [first] = cpus()

/** What a figure depends on, to be quoted with it. */
export const machine = {
  cores: cpus().length,
  model: first?.model ?? 'unknown',
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
}

/** Milliseconds of processor time that all programs of the machine have taken since it started. */
function machineCpuMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
}

/**
 * Begins to watch how busy the machine is. What is returned says how many cores, on average since
 * then, other processes took: all but those that used `ownCpuMs`.
 */
export function watchOthers(): (ownCpuMs: number) => number {
  const started = performance.now()
  const before = machineCpuMs()
  return (ownCpuMs) => {
    const others = (machineCpuMs() - before - ownCpuMs) / (performance.now() - started)
    return Math.max(0, Math.round(others * 100) / 100)
  }
}
