/** Strictest first; what is not named comes last. */
export type Remediations = readonly string[]

/** The lower, the stricter. */
export function rank(remediations: Remediations, remediation: string): number {
  const index = remediations.indexOf(remediation)
  return index === -1 ? remediations.length : index
}
