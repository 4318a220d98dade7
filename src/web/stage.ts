import { byId } from './dom.ts';
import type { Model } from './model.ts';
import { DARK, LIGHT, type Palette } from './palette.ts';
import { NAMES, heightOf, paint, slotsOf, type Selection, type Slot } from './paint.ts';
import type { View } from './view.ts';

const NOTHING: Selection = { item: -1, causes: new Set(), effects: new Set() };
/** A click this near to an item is meant for it, px. */
const NEAR = 4;

/** The canvas: draws what the view shows when something has changed, and tells what is under the mouse. */
export class Stage {
  readonly canvas = byId('lanes', HTMLCanvasElement);
  private readonly model: Model;
  private readonly view: View;
  private slots: readonly Slot[] = [];
  private selection: Selection = NOTHING;
  private palette: Palette = LIGHT;
  private due = false;

  constructor(model: Model, view: View) {
    this.model = model;
    this.view = view;
    new ResizeObserver(() => this.fit()).observe(byId('window', HTMLElement));
    this.fit();
  }

  /** As wide as its window. */
  private fit(): void {
    const width = Math.max(NAMES + 50, byId('window', HTMLElement).clientWidth);
    this.view.width = width - NAMES;
    this.draw();
  }

  set dark(dark: boolean) {
    this.palette = dark ? DARK : LIGHT;
    this.draw();
  }

  select(item: number): void {
    const { model } = this;
    this.selection = item < 0 ? NOTHING : {
      item, causes: new Set(model.causes(item).map((way) => way.item)), effects: new Set(model.effects(item).map((way) => way.item)),
    };
    this.draw();
  }

  /** Draws before the next frame, however often it is asked. */
  draw(): void {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => this.frame());
  }

  private frame(): void {
    this.due = false;
    const { canvas, model, view, palette, selection } = this;
    this.slots = slotsOf(model);
    const ratio = devicePixelRatio;
    const [width, height] = [NAMES + view.width, heightOf(this.slots)];
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context, model, view, this.slots, palette, selection);
  }

  /** The item at a place of the canvas; -1: none. */
  hit(x: number, y: number): number {
    const slot = this.slots.find((one) => y >= one.y && y < one.y + one.height);
    if (slot === undefined || slot.line.lane < 0 || x < NAMES) return -1;
    return this.model.hit(slot.line.lane, this.view.at(x - NAMES), NEAR * this.view.perPixel);
  }

  /** Scrolls so that a lane can be seen. */
  reveal(lane: number): void {
    const slot = this.slots.find(({ line }) => line.lane === lane);
    const frame = byId('window', HTMLElement);
    if (slot === undefined) return;
    if (slot.y < frame.scrollTop || slot.y + slot.height > frame.scrollTop + frame.clientHeight) frame.scrollTop = slot.y - frame.clientHeight / 2;
  }
}
