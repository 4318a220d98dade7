/** Key of the method by which an object says what of it is state. */
export const STATE = Symbol('state');

/**
 * An object that says itself what of it a run can change, for those that are large or mostly constant: a memory, a
 * table. Of all others each field is looked at. What it tells is put back by its own reset.
 */
export interface Stateful {
  /** Tells all of its state, in an order that depends on nothing else. */
  [STATE](tell: (part: unknown) => void): void;
}

export function isStateful(object: object): object is Stateful {
  return STATE in object;
}
