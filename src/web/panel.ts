import { byId, element } from './dom.ts';
import { placesIn } from '../report/sources.ts';
import type { Model, Way } from './model.ts';
import { exactText, spanText } from './span.ts';
import { cycleIn, type Cycle } from './wires.ts';

/** Ways shown of an item that has many. */
const MOST_WAYS = 12;

/** What is told of one item: what it was, when, what led to it and what came of it, and its clocks. */
export class Panel {
  private readonly root = byId('details', HTMLElement);
  private readonly model: Model;
  private readonly go: (item: number) => void;

  /** `go` is called when the reader follows a way to another item. */
  constructor(model: Model, go: (item: number) => void) {
    this.model = model;
    this.go = go;
    this.show(-1);
  }

  show(item: number): void {
    if (item < 0) {
      this.root.replaceChildren(element('p', { class: 'faint' }, 'Click something, or press n for the next event in sight. Press ? for all keys.'));
      return;
    }
    const { model } = this;
    const { from, to } = model;
    const lasts = to[item] > from[item] ? ` – ${exactText(to[item])} (${spanText(to[item] - from[item])})` : '';
    const parts: Node[] = [
      element('h2', {}, model.text(item)),
      element('p', {}, element('b', {}, model.lanes[model.lane[item]].name), ` · ${model.kindOf(item)} · ${exactText(from[item])}${lasts}`),
    ];
    if (model.note(item) !== '') parts.push(element('p', { class: 'faint' }, model.note(item)));
    parts.push(...this.source(model.text(item)));
    parts.push(...this.ways('Because of', model.causes(item)), ...this.ways('Leads to', model.effects(item)));
    const cycle = cycleIn(model.wiresOf(item), from[item], to[item]);
    if (cycle !== undefined) parts.push(cycleTable(cycle));
    this.root.replaceChildren(...parts);
  }

  /** What stands in the lines of a driver in C that a text names. */
  private source(text: string): readonly Node[] {
    const { sources = {} } = this.model.doc;
    const lines = placesIn(text).flatMap((place) => (Object.hasOwn(sources, place) ? [`${place}  ${sources[place]}`] : []));
    return lines.length === 0 ? [] : [element('pre', { class: 'source' }, lines.join('\n'))];
  }

  private ways(head: string, ways: readonly Way[]): readonly Node[] {
    if (ways.length === 0) return [];
    const rows = ways.slice(0, MOST_WAYS).map(({ item, through }) => {
      const { model } = this;
      const button = element('button', { class: 'way', type: 'button' }, `${exactText(model.from[item])}  ${model.lanes[model.lane[item]].name}: ${model.text(item)}`);
      button.addEventListener('click', () => this.go(item));
      return element('li', {}, button, element('span', { class: 'faint' }, ` through ${through}`));
    });
    if (ways.length > MOST_WAYS) rows.push(element('li', { class: 'faint' }, `and ${ways.length - MOST_WAYS} more`));
    return [element('h3', {}, head), element('ul', {}, ...rows)];
  }
}

/** The wires of one cycle, a column for each clock. */
function cycleTable({ what, from, clock, columns, rows }: Cycle): HTMLElement {
  const head = clock > 0 ? `${columns.length} clocks from ${exactText(from)}, ${spanText(clock)} each` : `${columns.length} changes from ${exactText(from)} on`;
  const numbers = element('tr', {}, element('th', {}, clock > 0 ? 'clock' : 'ns'), ...columns.map((at, i) => element('th', {}, clock > 0 ? String(i + 1) : String(Math.round((at - from) / 1000)))));
  const body = rows.map(({ name, values }) => element('tr', {}, element('th', {}, name), ...values.map((value) => element('td', {}, value))));
  return element('div', {}, element('h3', {}, what === '' ? head : `${what}: ${head}`), element('div', { class: 'wide' }, element('table', { class: 'clocks' }, numbers, ...body)));
}
