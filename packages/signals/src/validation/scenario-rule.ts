const SCENARIO = /^[A-Za-z0-9-]{1,32}\/[A-Za-z0-9_.-]{1,128}$/

/**
 * Says why a value is no scenario name; `undefined` if it is one. Every name of the CrowdSec hub is
 * (docs/capi-protocol.md, Names and formats).
 */
export function scenarioRule(value: unknown): string | undefined {
  return typeof value === 'string' && SCENARIO.test(value)
    ? undefined
    : 'must be a scenario name vendor/name of letters, digits, "-" (and "_", "." in the name), up to 32 and 128 characters long'
}
