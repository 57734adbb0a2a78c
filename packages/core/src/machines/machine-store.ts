/**
 * A token as a store hands it out. Ages are counted on the store's clock, so hosts with wrong
 * clocks agree.
 */
export interface MachineToken {
  /** The JWT. A secret. */
  readonly value: string
  /** The scenarios that the login which issued it was made with. */
  readonly scenarios: readonly string[]
  /** Milliseconds until it expires, negative once it has; `undefined` when CAPI did not say. */
  readonly expiresInMs: number | undefined
}

/** A token as a login brings it. */
export interface NewMachineToken {
  /** The token itself. A secret. */
  readonly value: string
  /** The scenarios that it was issued for. */
  readonly scenarios: readonly string[]
  /** Milliseconds from now until it expires (`exp − iat`); `undefined` when CAPI did not say. */
  readonly lifetimeMs: number | undefined
}

/** Why a machine is left alone for a while. */
export type FailingReason =
  | 'credentials_refused'
  | 'machine_id_taken'
  | 'machine_refused'
  | 'register_refused'
  | 'unauthorized'

/** Every reason that a store may hold. */
export const FAILING_REASONS = [
  'credentials_refused',
  'machine_id_taken',
  'machine_refused',
  'register_refused',
  'unauthorized',
] as const satisfies readonly FailingReason[]

/** Why a machine is left alone, and for how long. */
export interface MachineFailing {
  /** What went wrong. */
  readonly reason: FailingReason
  /** CAPI's message, if any. */
  readonly message?: string | undefined
  /** How often in a row; the wait doubles with it. */
  readonly count: number
  /** Milliseconds since it was first found failing. */
  readonly sinceMs: number
  /** Milliseconds until it is tried again; 0 or less when it may be tried now. */
  readonly retryInMs: number
}

/** A machine: an identity at CAPI (its paths say "watcher") with its credentials and its token. */
export interface Machine {
  /** The id that CAPI knows it by. */
  readonly machineId: string
  /** A secret. Stored before CAPI is asked to register, and never replaced. */
  readonly password: string
  /** Set once CAPI has answered a register call, or a login, with 2xx. */
  readonly registered: boolean
  /** The token of its last login; `undefined` before the first, and where it was forgotten. */
  readonly token: MachineToken | undefined
  /** 401 answers in a row that a fresh login did not cure. */
  readonly authFailures: number
  /** Set while the machine is left alone. */
  readonly failing: MachineFailing | undefined
}

/** A machine before it is registered. */
export interface NewMachine {
  /** The id to take. */
  readonly machineId: string
  /** The password to register with. A secret. */
  readonly password: string
}

/** What {@link MachineStore.updateMachine} changes; a field that is absent stays, `null` clears. */
export interface MachinePatch {
  /**
   * The same password in another form: sealed, or sealed anew. CAPI knows one password, which never
   * changes.
   */
  readonly password?: string
  /** CAPI has accepted the machine. */
  readonly registered?: true
  /** A new token, or `null` to forget the old one. */
  readonly token?: NewMachineToken | null
  /** How often in a row a fresh token was refused. */
  readonly authFailures?: number
  /** Why it is left alone from now on, or `null` to let it go on. */
  readonly failing?: { reason: FailingReason; message?: string | undefined; count: number; retryAfterMs: number } | null
}

/** Some machines, in order of id. */
export interface MachinePage {
  /** The machines of this page. */
  readonly machines: readonly Machine[]
  /** Pass it as `after` to read on; `undefined` on the last page. */
  readonly next: string | undefined
}

/** Machines and their credentials, shared by every process that uses the store. */
export interface MachineStore {
  /**
   * The machine, or `undefined` when no `createMachine` was made for the id (signals alone make no
   * machine). A failure throws; it is never "not found".
   */
  getMachine(machineId: string): Promise<Machine | undefined>
  /**
   * Inserts if absent and returns the row that won: of two racing callers, both get the same
   * password.
   */
  createMachine(machine: NewMachine): Promise<Machine>
  /**
   * Changes the named fields in one atomic write. An unknown machine is a `StorageError`, code
   * `storage_conflict`. Setting `failing` keeps `sinceMs` counting from the first time; its
   * partition in the signal queue, unless leased, is not due before `retryAfterMs`. Clearing
   * `failing` makes the partition due at once if it holds pending signals.
   */
  updateMachine(machineId: string, patch: MachinePatch): Promise<void>
  /** Machines in order of id. `limit` defaults to 100. */
  listMachines(page?: { after?: string; limit?: number; failing?: boolean }): Promise<MachinePage>
  /**
   * Forgets the machines, their credentials and all their signals. A live lease on one is lost.
   * Unknown ids are passed over. Returns how many machines were known.
   */
  deleteMachines(machineIds: readonly string[]): Promise<number>
}
