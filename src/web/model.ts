import { WireModel } from './wires.ts';
import { GROUPS, ITEM_KINDS, type Group, type ItemKind, type TimelineDocument } from '../report/timeline/document.ts';

/** Items of one lane that do not lie on each other, in order of time. */
export interface Layer {
  readonly kind: ItemKind;
  /** Indices into the columns. */
  readonly items: Int32Array;
  /** The longest of them, ps: how far before a moment one may begin that lasts beyond it. */
  readonly longest: number;
}

export interface LaneModel {
  readonly name: string;
  readonly group: Group;
  /** From the one at the bottom to the one on top. */
  readonly layers: readonly Layer[];
}

/** What stands in one line of the window: a lane, or a wire. */
export interface Line {
  readonly name: string;
  readonly group: Group;
  /** Its number; -1: it is none. */
  readonly lane: number;
  readonly wire: number;
}

/** An item that leads to another, or comes from it. */
export interface Way {
  readonly item: number;
  readonly through: string;
}

/** From bottom to top. */
const ORDER: readonly ItemKind[] = ['call', 'pass', 'value', 'level', 'wait', 'poll', 'cycle', 'step', 'event', 'held', 'decision', 'violation'];

/** A document, unpacked so that it can be searched and drawn fast. */
export class Model {
  readonly doc: TimelineDocument;
  readonly size: number;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly kind: Uint8Array;
  readonly lane: Uint16Array;
  readonly lanes: readonly LaneModel[];
  readonly wires: readonly WireModel[];
  /** From top to bottom. */
  readonly lines: readonly Line[];
  private readonly ins = new Map<number, Way[]>();
  private readonly outs = new Map<number, Way[]>();

  constructor(doc: TimelineDocument) {
    this.doc = doc;
    const { items, links } = doc;
    this.size = items.lane.length;
    this.from = new Float64Array(this.size);
    this.to = new Float64Array(this.size);
    this.kind = Uint8Array.from(items.kind);
    this.lane = Uint16Array.from(items.lane);
    let at = 0;
    for (let i = 0; i < this.size; i++) {
      at += items.from[i];
      this.from[i] = at;
      this.to[i] = at + items.length[i];
    }
    const layers = this.layers();
    this.lanes = doc.lanes.map(({ name, group }, lane): LaneModel => ({ name, group, layers: layers[lane] }));
    this.wires = doc.wires.map((track) => new WireModel(track, doc.strings));
    this.lines = [
      ...this.lanes.map(({ name, group }, lane): Line => ({ name, group, lane, wire: -1 })),
      ...this.wires.map(({ name }, wire): Line => ({ name, group: 'wires', lane: -1, wire })),
    ].sort((one, other) => GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group));
    for (const [i, cause] of links.cause.entries()) {
      const through = doc.strings[links.through[i]];
      push(this.ins, links.effect[i], { item: cause, through });
      push(this.outs, cause, { item: links.effect[i], through });
    }
  }

  /** The items of each lane, by kind, in one pass. */
  private layers(): readonly Layer[][] {
    const { size, lane, kind } = this;
    const found = this.doc.lanes.map(() => ITEM_KINDS.map((): number[] => []));
    for (let i = 0; i < size; i++) found[lane[i]][kind[i]].push(i);
    return found.map((kinds) => ORDER.map((name) => this.layer(name, kinds[ITEM_KINDS.indexOf(name)])).filter(({ items }) => items.length > 0));
  }

  private layer(kind: ItemKind, items: readonly number[]): Layer {
    let longest = 0;
    for (const item of items) longest = Math.max(longest, this.to[item] - this.from[item]);
    return { kind, items: Int32Array.from(items), longest };
  }

  kindOf(item: number): ItemKind {
    return ITEM_KINDS[this.kind[item]];
  }

  text(item: number): string {
    return this.doc.strings[this.doc.items.text[item]];
  }

  note(item: number): string {
    return this.doc.strings[this.doc.items.note[item]];
  }

  /** The wires of the bus on which an item is a cycle; none: it is no cycle. */
  wiresOf(item: number): readonly WireModel[] {
    const { name, group } = this.lanes[this.lane[item]];
    return group === 'bus' ? this.wires.filter((wire) => wire.block === name.toLowerCase()) : [];
  }

  causes(item: number): readonly Way[] {
    return this.ins.get(item) ?? [];
  }

  effects(item: number): readonly Way[] {
    return this.outs.get(item) ?? [];
  }

  /** The first place in `layer` whose item may reach into what lies from `at` on. */
  first(layer: Layer, at: number): number {
    return this.seek(layer, at - layer.longest, 0);
  }

  /** The first place in `layer`, from `low` on, whose item begins at `at` or later. */
  seek({ items }: Layer, at: number, low: number): number {
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.from[items[middle]] < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The topmost item of a lane at `at`, within `slack` ps; the shortest of its layer. -1: none. */
  hit(lane: number, at: number, slack: number): number {
    const { layers } = this.lanes[lane];
    for (let i = layers.length - 1; i >= 0; i--) {
      const { items } = layers[i];
      let best = -1;
      for (let k = this.first(layers[i], at - slack); k < items.length; k++) {
        const item = items[k];
        if (this.from[item] > at + slack) break;
        if (this.to[item] < at - slack) continue;
        if (best < 0 || this.distance(item, at) <= this.distance(best, at)) best = item;
      }
      if (best >= 0) return best;
    }
    return -1;
  }

  private distance(item: number, at: number): number {
    return Math.max(0, this.from[item] - at, at - this.to[item]);
  }
}

function push(map: Map<number, Way[]>, key: number, way: Way): void {
  const ways = map.get(key);
  if (ways === undefined) map.set(key, [way]);
  else ways.push(way);
}
