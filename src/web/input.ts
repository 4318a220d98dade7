import { byId } from './dom.ts';
import { NAMES } from './paint.ts';
import type { Stage } from './stage.ts';
import type { View } from './view.ts';

/** What the reader can ask for, however they do it. */
export interface Actions {
  select(item: number): void;
  /** The next item of the same lane, or of all. */
  step(by: 1 | -1): void;
  /** The next lane. */
  lane(by: 1 | -1): void;
  find(by: 1 | -1): void;
  focus(): void;
  reveal(): void;
  theme(): void;
  help(): void;
}

const ZOOM = 1.5;
const PAN = 0.2;

/** Mouse: the wheel zooms with Ctrl and pans with Shift, dragging pans, a click selects. */
export function listenToMouse(stage: Stage, view: View, actions: Actions): void {
  const { canvas } = stage;
  let drag: { readonly x: number; readonly from: number; moved: boolean } | null = null;
  canvas.addEventListener('wheel', (event) => {
    if (event.ctrlKey || event.metaKey) view.zoom(ZOOM ** (event.deltaY / 100), event.offsetX - NAMES);
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) view.pan((event.deltaX + (event.shiftKey ? event.deltaY : 0)) / view.width);
    else return; // the window scrolls
    event.preventDefault();
    stage.draw();
  }, { passive: false });
  canvas.addEventListener('pointerdown', (event) => {
    drag = { x: event.offsetX, from: view.from, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (drag === null) return;
    const by = event.offsetX - drag.x;
    if (Math.abs(by) > 3) drag.moved = true;
    if (!drag.moved) return;
    const length = view.to - view.from;
    const from = drag.from - by * view.perPixel;
    view.show(from, from + length);
    stage.draw();
  });
  canvas.addEventListener('pointerup', (event) => {
    if (drag?.moved === false) actions.select(stage.hit(event.offsetX, event.offsetY));
    drag = null;
  });
  canvas.addEventListener('dblclick', () => actions.reveal());
}

/** Keys, but not while something is typed. */
export function listenToKeys(stage: Stage, view: View, actions: Actions): void {
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => view.zoom(1 / ZOOM), '=': () => view.zoom(1 / ZOOM), '-': () => view.zoom(ZOOM),
    ArrowLeft: () => view.pan(-PAN), ArrowRight: () => view.pan(PAN), ArrowUp: () => actions.lane(-1), ArrowDown: () => actions.lane(1),
    n: () => actions.step(1), p: () => actions.step(-1), N: () => actions.find(1), P: () => actions.find(-1),
    z: () => actions.reveal(), f: () => actions.focus(), a: () => view.all(), t: () => actions.theme(), '?': () => actions.help(),
    '/': () => byId('find', HTMLInputElement).focus(), Escape: () => actions.select(-1),
  };
  document.addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
    stage.draw();
  });
  const find = byId('find', HTMLInputElement);
  find.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') actions.find(event.shiftKey ? -1 : 1);
    if (event.key === 'Escape') find.blur();
  });
}
