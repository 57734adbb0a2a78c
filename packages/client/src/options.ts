import type { Clock, Environment, LoginBudgetOptions, TransportOptions } from '@cscapi/core'
import type { DecisionSetOptions } from '@cscapi/decisions'
import type { Storage } from '@cscapi/storage'
import type { IntakeOptions, ResolvedIntakeOptions } from './intake/intake-options.js'
import type { Logger } from './observing/logger.js'
import type { EncryptionOption } from './sealing/encryption-option.js'
import type { SealOptions } from './sealing/machine-seals.js'

/** Options of {@link CapiClient}. All times are milliseconds. */
export interface CapiClientOptions extends IntakeOptions, TransportOptions {
  /** Where machines and signals are kept. Opened on first use, closed by `client.close()`. */
  readonly storage: Storage
  /**
   * The scenarios that your machines detect; sent at login, and CAPI tailors the blocklist to them.
   */
  readonly scenarios: readonly string[]
  /**
   * `'production'`, `'development'` or `{ baseUrl }` with its version path. There is no default:
   * signals sent to the wrong one reach nobody.
   */
  readonly environment: Environment
  /** Names your product in the user agent: `<prefix>-cscapi-ts/<version>`. Default: no prefix. */
  readonly userAgentPrefix?: string
  /**
   * Extra tries of one `getDecisions`, `pullDecisions`, `enrollMachines` or `verify` call, its
   * login included. A sending run puts signals back instead. Default 3.
   */
  readonly maxRetries?: number
  /** Delay before the first repeat; doubles with each, with full jitter. Default 5,000. */
  readonly retryDelayMs?: number
  /** Upper bound of that delay. Default 300,000. */
  readonly maxRetryDelayMs?: number
  /** How early a token counts as expired. Default 60,000. */
  readonly latencyOffsetMs?: number
  /** How long one call may take, its answer read to the end. Default 30,000. */
  readonly timeoutMs?: number
  /**
   * How long a worker holds a machine's signals before another may take them over; at least twice
   * `timeoutMs`. Default 120,000.
   */
  readonly leaseMs?: number
  /** How many machines are sent for at once. 1 to 256, default 8. */
  readonly concurrency?: number
  /** Signals in one POST. 1 to 1,000, default 50. */
  readonly batchSize?: number
  /** Bytes of JSON in one POST. Default 1,048,576. */
  readonly maxBatchBytes?: number
  /** After so many answers in a row that look like an outage, a run ends. Default 5. */
  readonly outageThreshold?: number
  /** Compress bodies over 5 KiB. Default false. */
  readonly gzip?: boolean
  /**
   * Accept the ids of 49 to 64 characters that the Python SDK makes with a prefix. Default false.
   */
  readonly allowLongMachineIds?: boolean
  /**
   * How many logins all processes of the store make at most, e.g. `FREE_ACCOUNT_LOGIN_BUDGET`:
   * machines over it wait. Default: no bound.
   */
  readonly loginBudget?: LoginBudgetOptions
  /**
   * Seals passwords and tokens in the store with AES-256-GCM: 32 bytes, a passphrase of at least 12
   * characters, or `{ keys: [newest, …older], requireSealed }`. Default: they are stored in clear.
   */
  readonly encryptionKey?: EncryptionOption
  /**
   * How the set of `decisions()` treats wide and private entries, and which remediation wins:
   * {@link DecisionSetOptions}.
   */
  readonly decisions?: Omit<DecisionSetOptions, 'now' | 'keeper'>
  /**
   * Gets a line for everything that happens: pino, or anything with its four methods. Default:
   * silent.
   */
  readonly logger?: Logger
  /**
   * Make spans and metrics through `@opentelemetry/api`, which has to be installed then. Default
   * false.
   */
  readonly openTelemetry?: boolean
  /** Default: the host's clock. */
  readonly clock?: Clock
  /** From 0 (inclusive) to 1. Default `Math.random`. */
  readonly random?: () => number
  /**
   * Default: the platform's `fetch`. One of your own also downloads blocklists, and has to see to
   * it that they come from public hosts.
   */
  readonly fetch?: typeof fetch
}

type WithoutDefault = 'userAgentPrefix' | 'fetch' | 'loginBudget' | 'logger' | keyof TransportOptions
/** Kept in another form, so that no key is shown where options are. */
type Replaced = 'encryptionKey'

/** {@link CapiClientOptions} with every default filled in. */
export type ResolvedOptions = Required<Omit<CapiClientOptions, WithoutDefault | Replaced | keyof IntakeOptions>> &
  ResolvedIntakeOptions &
  Pick<CapiClientOptions, WithoutDefault> & { readonly encryption: SealOptions }
