/** Where a value stands: names from the outside in, e.g. `['request', 'client.ip']`. */
export type FieldPath = readonly string[]
