import type { KeyAliases } from './suggest-key.js'

/**
 * What other CAPI clients, the Python SDK and the PHP client before all, call what is called
 * otherwise here. Names that differ by case, dashes and underscores alone need no entry. Where a
 * unit differs, it is told.
 */
// @__NO_SIDE_EFFECTS__
function seconds(name: string, other: string): string {
  return `${name}, in milliseconds (${other} is in seconds)`
}

/** Of `createSignal`. */
export const SIGNAL_NAMES: KeyAliases = new Map([
  ['ip', 'attackerIp'],
  ['ip_address', 'attackerIp'],
  ['ipAddress', 'attackerIp'],
  ['address', 'attackerIp'],
  ['attacker', 'attackerIp'],
  ['range', 'attackerIp'],
  ['value', 'attackerIp'],
  ['scope', 'source'],
  ['sources', 'source'],
  ['country', 'cn'],
  ['timestamp', 'createdAt'],
  ['time', 'createdAt'],
  ['date', 'createdAt'],
  ['created', 'createdAt'],
  ['machine', 'machineId'],
  ['machine_name', 'machineId'],
  ['start', 'startAt'],
  ['stop', 'stopAt'],
  ['end_at', 'stopAt'],
  ['id', 'uuid or alertId'],
  ['trust', 'scenarioTrust'],
  ['decision', 'decisions'],
  ['duration', 'decisions[].duration'],
  ['meta', 'context'],
  ['events', 'context'],
])

/** Of a signal's `source`. */
export const SOURCE_NAMES: KeyAliases = new Map([
  ['country', 'cn'],
  ['ip_address', 'ip'],
  ['lat', 'latitude'],
  ['lon', 'longitude'],
  ['lng', 'longitude'],
  ['asn', 'as_number'],
])

/** Of a client, and of its calls. */
export const CLIENT_NAMES: KeyAliases = new Map([
  ['env', 'environment'],
  ['prod', "environment: 'production'"],
  ['url', 'environment: { baseUrl }'],
  ['base_url', 'environment: { baseUrl }'],
  ['baseUrl', 'environment: { baseUrl }'],
  ['api_url', 'environment: { baseUrl }'],
  ['machine_id_prefix', 'prefix of generateMachineIdFromKey'],
  ['machineIdPrefix', 'prefix of generateMachineIdFromKey'],
  ['main_machine_id', 'machineId'],
  ['machine', 'machineId'],
  ['user_agent', 'userAgentPrefix'],
  ['userAgent', 'userAgentPrefix'],
  ['user_agent_suffix', 'userAgentPrefix'],
  ['userAgentSuffix', 'userAgentPrefix'],
  ['user_agent_version', 'userAgentPrefix (the version is that of cscapi)'],
  ['retries', 'maxRetries'],
  ['retry_delay', seconds('retryDelayMs', 'retry_delay')],
  ['max_retry_delay', seconds('maxRetryDelayMs', 'max_retry_delay')],
  ['latency_offset', seconds('latencyOffsetMs', 'latency_offset')],
  ['timeout', 'timeoutMs, in milliseconds'],
  ['api_timeout', seconds('timeoutMs', 'api_timeout')],
  ['api_connect_timeout', seconds('timeoutMs', 'api_connect_timeout')],
  ['prune_after_send', 'prune'],
  ['batch_limit', 'batchSize'],
  ['enroll_key', 'attachmentKey'],
  ['enrollKey', 'attachmentKey'],
  ['enrollment_key', 'attachmentKey'],
  ['force', 'overwrite'],
  ['encryption', 'encryptionKey'],
  ['password', 'encryptionKey'],
  ['passphrase', 'encryptionKey'],
  ['db', 'storage'],
  ['database', 'storage'],
  ['log', 'logger'],
])

/** Of `generateMachineIdFromKey`. */
export const MACHINE_ID_NAMES: KeyAliases = new Map([
  ['machine_id_prefix', 'prefix'],
  ['machineIdPrefix', 'prefix'],
  ['len', 'length'],
])
