import type { Ps } from '../../sim/index.ts';
import { GROUPS, ITEM_KINDS, type Columns, type Group, type ItemKind, type Lane, type Links } from './document.ts';

/** An item before it is numbered. */
interface Draft {
  readonly lane: number;
  readonly from: Ps;
  readonly to: Ps;
  readonly kind: ItemKind;
  readonly text: number;
  readonly note: number;
  /** Order among those that begin at the same time. */
  readonly order: number;
}

interface DraftLink {
  readonly cause: Handle;
  readonly effect: Handle;
  readonly through: number;
}

/** An item that was added; its number is known in the end. */
export type Handle = number;

/** What an item may have beside its place and text. */
export interface More {
  readonly note?: string;
}

/** Collects lanes and items, and numbers them in the end. */
export class TimelineBuilder {
  private readonly lanes: Lane[] = [];
  private readonly laneIds = new Map<string, number>();
  private readonly drafts: Draft[] = [];
  private readonly drafted: DraftLink[] = [];
  private readonly strings: string[] = [''];
  private readonly stringIds = new Map<string, number>([['', 0]]);

  /** The lane of that name in that group; made when it is first asked for. */
  lane(group: Group, name: string): number {
    const key = `${group}\n${name}`;
    let id = this.laneIds.get(key);
    if (id === undefined) {
      id = this.lanes.length;
      this.lanes.push({ name, group });
      this.laneIds.set(key, id);
    }
    return id;
  }

  /** Adds an item that lasts from `from` to `to`. */
  add(lane: number, kind: ItemKind, from: Ps, to: Ps, text: string, more: More = {}): Handle {
    if (to < from) throw new RangeError(`${text}: ends at ${to}, before it begins at ${from}`);
    this.drafts.push({ lane, from, to, kind, text: this.intern(text), note: this.intern(more.note ?? ''), order: this.drafts.length });
    return this.drafts.length - 1;
  }

  link(cause: Handle, effect: Handle, through: string): void {
    this.drafted.push({ cause, effect, through: this.intern(through) });
  }

  /** The number of a text. */
  intern(text: string): number {
    let id = this.stringIds.get(text);
    if (id === undefined) {
      id = this.strings.length;
      this.strings.push(text);
      this.stringIds.set(text, id);
    }
    return id;
  }

  /** Everything, lanes in the order of their groups, items in the order of their beginning. */
  finish(): { readonly lanes: Lane[]; readonly strings: string[]; readonly items: Columns; readonly links: Links } {
    const order = this.lanes.map((_lane, id) => id).sort((one, other) => rank(this.lanes[one]) - rank(this.lanes[other]) || one - other);
    const place = new Array<number>(order.length);
    for (const [at, id] of order.entries()) place[id] = at;
    const sorted = [...this.drafts].sort((one, other) => one.from - other.from || other.to - one.to || one.order - other.order);
    const number = new Array<number>(sorted.length);
    for (const [at, { order: handle }] of sorted.entries()) number[handle] = at;
    return {
      lanes: order.map((id) => this.lanes[id]),
      strings: this.strings,
      items: {
        lane: sorted.map(({ lane }) => place[lane]),
        from: sorted.map(({ from }, i) => from - (i === 0 ? 0 : sorted[i - 1].from)),
        length: sorted.map(({ from, to }) => to - from),
        kind: sorted.map(({ kind }) => ITEM_KINDS.indexOf(kind)),
        text: sorted.map(({ text }) => text),
        note: sorted.map(({ note }) => note),
      },
      links: {
        cause: this.drafted.map(({ cause }) => number[cause]),
        effect: this.drafted.map(({ effect }) => number[effect]),
        through: this.drafted.map(({ through }) => through),
      },
    };
  }
}

function rank({ group }: Lane): number {
  return GROUPS.indexOf(group);
}
