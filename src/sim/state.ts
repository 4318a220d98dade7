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

/**
 * Freezes a table that is made once and never changes, with the plain objects and lists in it, so that whoever looks
 * for state knows without looking that there is none. Returns the table.
 */
export function constant<T extends object>(table: T): T {
  for (const part of Object.values(table)) if (isPlain(part)) constant(part);
  return Object.freeze(table);
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);
}
