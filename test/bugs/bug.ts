import type { Decision } from '../../src/sim/index.ts';
import type { Drivers } from './drivers.ts';
import type { Moment } from './story.ts';

/** What one decision of a schedule must be. */
export type Trait = (decision: Decision) => boolean;

/** One known bug of one version: how its finding is told from others, and what must happen in it. */
export interface Bug {
  /** Its entry in the list of known bugs. */
  readonly slug: string;
  /** In which it is hunted for; see drivers.ts. */
  readonly version: string;
  readonly oracle: string;
  readonly rule: string;
  /** Each is met by some decision of the schedule. */
  readonly decisions: readonly Trait[];
  /** Most decisions of the saved schedule, if that is asked for. */
  readonly most?: number;
  /** The decisive moments of its interleaving, in order. */
  readonly story: readonly Moment[];
  /** The version with this one fault mended. */
  readonly mended: Drivers;
}

/** A stall of `actor` before a step with such a label. */
export function held(actor: string, label: RegExp): Trait {
  return (d) => d.kind === 'stall' && d.actor === actor && label.test(d.label);
}

/** The schedule answers this question otherwise than plainly. */
export function drawn(label: string): Trait {
  return (d) => d.kind !== 'stall' && d.label === label;
}

/** The host makes one of the moves of these names, out of `all`. */
export function movesOf(all: readonly { readonly name: string }[], question: string, names: readonly string[]): Trait {
  const values = names.map((name) => all.findIndex((move) => move.name === name));
  if (values.includes(-1)) throw new Error(`no such move among ${names.join(', ')}`);
  return (d) => d.label === question && values.includes(Number(d.value));
}

export function either(...traits: readonly Trait[]): Trait {
  return (d) => traits.some((trait) => trait(d));
}
