/**
 * Gives the model that `make` makes. Bundlers know of this function that it has no side effects, so
 * a program that uses no model is bundled without them, and without zod.
 */
// @__NO_SIDE_EFFECTS__
export function model<Model>(make: () => Model): Model {
  return make()
}
