import type { TimelineDocument } from '../report/timeline/document.ts';
import { byId, element } from './dom.ts';
import { Finder } from './finder.ts';
import { listenToKeys, listenToMouse, type Actions } from './input.ts';
import { Model } from './model.ts';
import { Panel } from './panel.ts';
import { exactText } from './span.ts';
import { Stage } from './stage.ts';
import { View } from './view.ts';
import { cycleIn } from './wires.ts';

/** One timeline, in the page that carries its data. */
class App implements Actions {
  private readonly model: Model;
  private readonly view: View;
  private readonly stage: Stage;
  private readonly panel: Panel;
  private readonly finder: Finder;
  private item = -1;

  constructor(doc: TimelineDocument) {
    this.model = new Model(doc);
    this.view = new View(doc.time, doc.focus);
    this.stage = new Stage(this.model, this.view);
    this.panel = new Panel(this.model, (item) => this.go(item));
    this.finder = new Finder(this.model);
    listenToMouse(this.stage, this.view, this);
    listenToKeys(this.stage, this.view, this);
    const find = byId('find', HTMLInputElement);
    find.addEventListener('input', () => {
      this.finder.look(find.value);
      byId('found', HTMLElement).textContent = find.value === '' ? '' : `${this.finder.count} found`;
    });
    for (const [id, act] of Object.entries(this.buttons())) byId(id, HTMLButtonElement).addEventListener('click', act);
    this.marks('decisions', doc.decisions);
    this.marks('messages', doc.messages);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    this.themed(dark.matches);
    dark.addEventListener('change', () => this.themed(dark.matches));
    if (doc.violation !== null) this.select(this.breach());
  }

  private buttons(): Readonly<Record<string, () => void>> {
    const drawn = (act: () => void) => () => {
      act();
      this.stage.draw();
    };
    return {
      in: drawn(() => this.view.zoom(1 / 2)), out: drawn(() => this.view.zoom(2)), all: drawn(() => this.view.all()),
      matter: drawn(() => this.focus()), item: drawn(() => this.reveal()), theme: () => this.theme(), help: () => this.help(),
    };
  }

  /** Moments of the list `id` lead to their place. */
  private marks(id: string, marks: TimelineDocument['decisions']): void {
    const list = byId(id, HTMLElement);
    for (const { at, text } of marks) {
      const button = element('button', { class: 'way', type: 'button' }, text);
      button.addEventListener('click', () => {
        this.view.reveal(at, at);
        const nearest = this.nearest(at);
        if (nearest >= 0) this.go(nearest);
      });
      list.append(element('li', { title: exactText(at) }, button));
    }
  }

  /** What stands at a decision's moment: the stall or the decision, else what begins next. */
  private nearest(at: number): number {
    const { model } = this;
    let next = -1;
    for (let i = 0; i < model.size; i++) {
      if (model.from[i] < at) continue;
      if (next < 0) next = i;
      if (model.from[i] > at) break;
      if (model.kindOf(i) === 'held' || model.kindOf(i) === 'decision') return i;
    }
    return next;
  }

  private breach(): number {
    for (let i = this.model.size - 1; i >= 0; i--) if (this.model.kindOf(i) === 'violation') return i;
    return -1;
  }

  /** Selects an item and brings it into sight. */
  private go(item: number): void {
    this.view.reveal(this.model.from[item], this.model.to[item]);
    this.select(item);
    this.stage.reveal(this.model.lane[item]);
  }

  select(item: number): void {
    this.item = item;
    this.stage.select(item);
    this.panel.show(item);
  }

  step(by: 1 | -1): void {
    const { model, item } = this;
    if (item < 0) {
      const first = this.nearest(this.view.from);
      if (first >= 0) this.go(first);
      return;
    }
    for (let i = item + by; i >= 0 && i < model.size; i += by) {
      if (model.lane[i] !== model.lane[item]) continue;
      this.go(i);
      return;
    }
  }

  lane(by: 1 | -1): void {
    const { model, item } = this;
    if (item < 0) return;
    const at = model.from[item];
    for (let lane = model.lane[item] + by; lane >= 0 && lane < model.lanes.length; lane += by) {
      const hit = model.hit(lane, at, this.view.to - this.view.from);
      if (hit < 0) continue;
      this.go(hit);
      return;
    }
  }

  find(by: 1 | -1): void {
    const next = this.finder.next(this.item, by);
    if (next >= 0) this.go(next);
  }

  focus(): void {
    this.view.show(...this.model.doc.focus);
  }

  /** Shows the selected item as large as it goes. */
  reveal(): void {
    if (this.item < 0) return;
    const { from, to } = this.model;
    const cycle = cycleIn(this.model.wiresOf(this.item), from[this.item], to[this.item]);
    const [begin, end] = cycle === undefined || cycle.clock === 0
      ? [from[this.item], to[this.item]]
      : [cycle.from, cycle.from + cycle.clock * cycle.columns.length];
    const room = Math.max((end - begin) * 0.15, 1);
    this.view.show(begin - room, end + room);
    this.stage.draw();
  }

  theme(): void {
    this.themed(document.documentElement.dataset['theme'] !== 'dark');
  }

  private themed(dark: boolean): void {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
    this.stage.dark = dark;
  }

  help(): void {
    const dialog = byId('keys', HTMLDialogElement);
    if (dialog.open) dialog.close();
    else dialog.showModal();
  }
}

const data = byId('timeline', HTMLScriptElement).textContent ?? '';
new App(JSON.parse(data) as TimelineDocument);
