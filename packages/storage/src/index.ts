export { type CopyOptions, type CopyProgress, copyStorage } from './copy-storage.js'
export { GuardedStorage } from './guarded-storage.js'
export { ageMs, CLOCK_NOISE_MS, type Deadline, isFromAhead, remainingMs } from './instant.js'
export { MemoryStorage, type MemoryStorageOptions } from './memory/storage.js'
export type { OpenStore, PageRequest } from './open-store.js'
export type {
  EnqueueResult,
  LeaseRequest,
  LeaseResult,
  QueuedSignal,
  QueueStats,
  RejectedSignal,
  SignalFilter,
  SignalLease,
  SignalPage,
  SignalQueue,
  SignalStatus,
  Storage,
  StorageCapabilities,
  StoredSignal,
} from './port.js'
