/** How the process ends. The README has this table; a command documents what is special to it. */
export const EXIT = {
  /** Everything was done. */
  done: 0,
  /** It failed, and would fail again. */
  failed: 1,
  /** An argument, the configuration or the environment is wrong; nothing was done. */
  usage: 2,
  /** It was done, and there is something to look at: lines refused, an address blocked. */
  findings: 3,
  /** The store or CAPI could not be reached, or asked to wait: the same command may succeed later. */
  later: 4,
  /** Ctrl-C before the end. */
  interrupted: 130,
  /** SIGTERM before the end. */
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
