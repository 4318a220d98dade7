import type { Ps } from '../../sim/index.ts';

/** When somebody is busy. */
export interface Layer {
  readonly name: string;
  readonly spans: readonly (readonly [from: Ps, to: Ps])[];
}

/** How much of a stretch of time each of several got. */
export interface Share {
  readonly name: string;
  readonly time: Ps;
}

/**
 * Shares out the time from `from` to `to`: each moment goes to the first layer that is busy in it, and to `rest` if
 * none is. The shares add up to the whole.
 */
export function partition(from: Ps, to: Ps, layers: readonly Layer[], rest: string): readonly Share[] {
  const edges: { readonly at: Ps; readonly layer: number; readonly change: 1 | -1 }[] = [];
  for (const [layer, { spans }] of layers.entries()) {
    for (const [begin, end] of spans) {
      if (end <= from || begin >= to || end <= begin) continue;
      edges.push({ at: Math.max(begin, from), layer, change: 1 }, { at: Math.min(end, to), layer, change: -1 });
    }
  }
  edges.sort((one, other) => one.at - other.at);
  const busy = layers.map(() => 0);
  const times = [...layers, rest].map(() => 0);
  let last = from;
  for (const { at, layer, change } of [...edges, { at: to, layer: -1, change: 1 }]) {
    const owner = busy.findIndex((count) => count > 0);
    times[owner < 0 ? layers.length : owner] += at - last;
    last = at;
    if (layer >= 0) busy[layer] += change;
  }
  return [...layers.map(({ name }) => name), rest].map((name, i) => ({ name, time: times[i] }));
}
