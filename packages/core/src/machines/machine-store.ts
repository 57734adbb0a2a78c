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
  readonly value: string
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

export interface MachineFailing {
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
  readonly machineId: string
  /** A secret. Stored before CAPI is asked to register, and never replaced. */
  readonly password: string
  /** Set once CAPI has answered a register call, or a login, with 2xx. */
  readonly registered: boolean
  readonly token: MachineToken | undefined
  /** 401 answers in a row that a fresh login did not cure. */
  readonly authFailures: number
  readonly failing: MachineFailing | undefined
}

export interface NewMachine {
  readonly machineId: string
  readonly password: string
}

/** What {@link MachineStore.updateMachine} changes; a field that is absent stays, `null` clears. */
export interface MachinePatch {
  /**
   * The same password in another form: sealed, or sealed anew. CAPI knows one password, which never
   * changes.
   */
  readonly password?: string
  readonly registered?: true
  readonly token?: NewMachineToken | null
  readonly authFailures?: number
  readonly failing?: { reason: FailingReason; message?: string | undefined; count: number; retryAfterMs: number } | null
}

export interface MachinePage {
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
