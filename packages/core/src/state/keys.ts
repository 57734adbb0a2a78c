/**
 * The keys of all small named values that a store holds, the client's too: locks, pauses, counts,
 * the last pull. Stores outlive programs, so a key never changes, and none is used twice.
 */
export const stateKeys = {
  /** The base URL that the store belongs to. */
  environment: 'environment',
  /** What a passphrase is made a key with. */
  encryptionSalt: 'encryption:salt',

  /** The lock of whoever registers a machine and logs it in. */
  loginLock: (machineId: string) => `login:${machineId}`,
  /** Logins of all machines, as the login budget counts them. */
  loginBudget: 'login-budget',
  /** Logins of one machine that came because the last token did not last. */
  repeatedLogins: (machineId: string) => `logins:${machineId}`,
  /** Machines in a row whose fresh token was refused. */
  unauthorizedMachines: 'unauthorized',
  /** Runs in a row that ended because of them. */
  unauthorizedStops: 'unauthorized:stops',

  /** There while CAPI blocks this address. */
  banPause: 'pause:forbidden',
  /** There while runs that send have to wait. It hides no ban, and no ban hides it. */
  sendingPause: 'pause:sending',
  /** There until a first call after a ban was answered well. */
  banProbeDue: 'ban:probe-due',
  /** The lock of whoever makes that call. */
  banProbeLock: 'ban:probe',
  /** The machine whose signals were answered 403 before the ban. */
  banSuspect: 'ban:suspect',

  /** The machines that got through lately. */
  delivered: 'delivered',
  /** The lock of whoever makes room for new signals. */
  dropOldestLock: 'drop-oldest',
  /** What was added lately, one value for each way to tell repeats. */
  dedup: (by: readonly string[], windowMs: number) => `dedup:${by.join('+')}:${windowMs}`,
  /** Which signals came from another client's store, in numbered pieces. */
  importedSignals: (piece: number) => `imported:${piece}`,

  /** Who runs the jobs of all processes. */
  schedulerLeader: 'scheduler:leader',
  /** There while a job is not due. */
  schedulerJob: (job: string) => `scheduler:${job}`,

  /** The lock of whoever pulls. */
  pullLock: 'decisions:pull',
  /** There while it is too early for another pull. */
  pulled: 'decisions:pulled',
  /** There while a pull has asked and what it was answered is not stored yet. */
  pullAsked: 'decisions:asked',
  /** Where the decisions are that were pulled. */
  snapshot: 'decisions:snapshot',
  snapshotChunk: (generation: string, index: number) => `decisions:snapshot:${generation}:${index}`,
} as const
