/** Thrown for text that is no JSON object, or none that anybody means. */
export class UnreadableJsonError extends Error {}
