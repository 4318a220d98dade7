import { GROUP_HEADS } from '../report/timeline/document.ts';
import type { Layer, Line, Model } from './model.ts';
import { paintWire } from './paint-wire.ts';
import type { Palette } from './palette.ts';
import { momentText, stepOf } from './span.ts';
import type { View } from './view.ts';

export const RULER = 24;
export const NAMES = 168;
const HEAD = 18;
const LANE = 22;
const FONT = '11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';
/** Width of a character of {@link FONT}, px. */
const GLYPH = 6.7;

/** Where a lane or wire is drawn. */
export interface Slot {
  readonly line: Line;
  readonly y: number;
  readonly height: number;
  /** The head of its group stands above it. */
  readonly head: string;
}

/** Shares out the height. */
export function slotsOf(model: Model): readonly Slot[] {
  const slots: Slot[] = [];
  let y = RULER;
  let group = '';
  for (const line of model.lines) {
    const head = line.group === group ? '' : GROUP_HEADS[line.group];
    if (head !== '') y += HEAD;
    group = line.group;
    slots.push({ line, y, height: LANE, head });
    y += LANE;
  }
  return slots;
}

export function heightOf(slots: readonly Slot[]): number {
  const last = slots[slots.length - 1];
  return last === undefined ? RULER : last.y + last.height + 4;
}

/** What is selected, and what belongs to it. */
export interface Selection {
  readonly item: number;
  readonly causes: ReadonlySet<number>;
  readonly effects: ReadonlySet<number>;
}

/** Draws the window: `context` is scaled to CSS pixels. */
export function paint(context: CanvasRenderingContext2D, model: Model, view: View, slots: readonly Slot[], palette: Palette, selection: Selection): void {
  const width = NAMES + view.width;
  context.fillStyle = palette.page;
  context.fillRect(0, 0, width, Math.max(heightOf(slots), context.canvas.height));
  context.font = FONT;
  context.textBaseline = 'middle';
  for (const slot of slots) paintBand(context, slot, width, palette);
  paintRuler(context, view, heightOf(slots), palette);
  context.save();
  context.beginPath();
  context.rect(NAMES, 0, view.width, heightOf(slots));
  context.clip();
  context.translate(NAMES, 0);
  for (const slot of slots) {
    const { line, y, height } = slot;
    if (line.lane >= 0) for (const layer of model.lanes[line.lane].layers) paintLayer(context, model, view, slot, layer, palette);
    else paintWire(context, model.wires[line.wire], view, y, height, palette, fit);
  }
  paintMarks(context, model, view, heightOf(slots), palette);
  paintLinks(context, model, view, slots, palette, selection);
  context.restore();
}

function paintBand(context: CanvasRenderingContext2D, { line, y, height, head }: Slot, width: number, palette: Palette): void {
  if (head !== '') {
    context.fillStyle = palette.faint;
    context.font = `bold ${FONT}`;
    context.fillText(head, 6, y - HEAD / 2);
    context.font = FONT;
  }
  context.fillStyle = palette.band;
  context.fillRect(0, y, width, height - 2);
  context.fillStyle = palette.text;
  context.fillText(fit(line.name, NAMES - 20), 14, y + LANE / 2 - 1);
}

/** Text that is cut to `width` pixels; empty if next to nothing would be left. */
function fit(text: string, width: number): string {
  const room = Math.floor(width / GLYPH);
  if (text.length <= room) return text;
  return room < 3 ? '' : `${text.slice(0, room - 1)}…`;
}

function paintRuler(context: CanvasRenderingContext2D, view: View, height: number, palette: Palette): void {
  const step = stepOf(view.perPixel * 110);
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.beginPath();
  context.fillStyle = palette.faint;
  for (let at = Math.max(0, Math.ceil(view.from / step) * step); at <= view.to; at += step) {
    const x = Math.round(NAMES + view.x(at)) + 0.5;
    context.moveTo(x, RULER - 6);
    context.lineTo(x, height);
    context.fillText(momentText(at, step), x + 3, RULER / 2);
  }
  context.stroke();
}

function paintLayer(context: CanvasRenderingContext2D, model: Model, view: View, slot: Slot, layer: Layer, palette: Palette): void {
  const { items, kind } = layer;
  const fill = palette.fill[kind];
  const hatch = kind === 'held' || kind === 'wait' ? hatching(context, palette, kind) : undefined;
  const top = slot.y + (kind === 'step' || kind === 'cycle' ? 4 : 1);
  const height = LANE - (kind === 'step' || kind === 'cycle' ? 9 : 4);
  for (let k = model.first(layer, view.from); k < items.length; k++) {
    const item = items[k];
    if (model.from[item] > view.to) break;
    if (model.to[item] < view.from) continue;
    const x = Math.max(-2, view.x(model.from[item]));
    const end = Math.min(view.width + 2, view.x(model.to[item]));
    const wide = Math.max(end - x, 1);
    if (kind === 'event' || kind === 'decision' || kind === 'violation') {
      sign(context, kind, x, slot.y + LANE / 2 - 1, fill);
    } else {
      context.fillStyle = fill;
      context.fillRect(x, top, wide, height);
      if (hatch !== undefined && wide > 2) {
        context.fillStyle = hatch;
        context.fillRect(x, top, wide, height);
      }
      if (kind === 'value' || kind === 'call' || kind === 'pass' || kind === 'poll') edge(context, x, top, wide, height, palette);
    }
    // Of those that begin in the same pixel only the last can reach out of it.
    if (wide <= 1) k = Math.max(k, model.seek(layer, view.at(Math.floor(x) + 1), k + 1) - 2);
    if (wide > 22) {
      const label = fit(model.text(item), wide - 6);
      context.fillStyle = palette.on[kind];
      context.fillText(label, x + 3, slot.y + LANE / 2 - 1);
    }
  }
}

function edge(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, palette: Palette): void {
  if (width < 3) return;
  context.strokeStyle = palette.line;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
}

const hatchings = new Map<string, CanvasPattern>();

/** Diagonal lines for stalls, dots for sleep. */
function hatching(context: CanvasRenderingContext2D, palette: Palette, kind: 'held' | 'wait'): CanvasPattern | undefined {
  const key = `${kind}${palette.page}`;
  const known = hatchings.get(key);
  if (known !== undefined) return known;
  const tile = document.createElement('canvas');
  tile.width = 8;
  tile.height = 8;
  const pen = tile.getContext('2d');
  if (pen === null) return undefined;
  pen.strokeStyle = palette.on[kind];
  pen.fillStyle = palette.on[kind];
  pen.globalAlpha = 0.45;
  if (kind === 'held') {
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift, 8);
      pen.lineTo(shift + 8, 0);
    }
    pen.stroke();
  } else {
    pen.fillRect(3, 3, 1.5, 1.5);
  }
  const pattern = context.createPattern(tile, 'repeat');
  if (pattern === null) return undefined;
  hatchings.set(key, pattern);
  return pattern;
}

/** A disc for an event, a diamond for a decision, a cross for a breach. */
function sign(context: CanvasRenderingContext2D, kind: 'event' | 'decision' | 'violation', x: number, y: number, colour: string): void {
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.beginPath();
  if (kind === 'event') {
    context.arc(x, y, 3, 0, 2 * Math.PI);
    context.fill();
  } else if (kind === 'decision') {
    context.moveTo(x, y - 7);
    context.lineTo(x + 6, y);
    context.lineTo(x, y + 7);
    context.lineTo(x - 6, y);
    context.fill();
  } else {
    context.lineWidth = 3;
    context.moveTo(x - 6, y - 6);
    context.lineTo(x + 6, y + 6);
    context.moveTo(x + 6, y - 6);
    context.lineTo(x - 6, y + 6);
    context.stroke();
    context.lineWidth = 1;
  }
}

/** Where the rule is broken, through all lanes. */
function paintMarks(context: CanvasRenderingContext2D, { doc }: Model, view: View, height: number, palette: Palette): void {
  if (doc.violation === null) return;
  const x = Math.round(view.x(doc.violation.at)) + 0.5;
  context.strokeStyle = palette.fill.violation;
  context.setLineDash([6, 3]);
  context.beginPath();
  context.moveTo(x, RULER);
  context.lineTo(x, height);
  context.stroke();
  context.setLineDash([]);
}

/** The selected item, and lines to its causes and effects. */
function paintLinks(context: CanvasRenderingContext2D, model: Model, view: View, slots: readonly Slot[], palette: Palette, selection: Selection): void {
  const { item, causes, effects } = selection;
  if (item < 0) return;
  const slotOf = new Map(slots.map((slot) => [slot.line.lane, slot]));
  const yOf = (one: number): number => slotOf.get(model.lane[one])?.y ?? 0;
  const frame = (one: number, colour: string): void => {
    const y = yOf(one);
    const x = view.x(model.from[one]);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.strokeRect(x - 1.5, y - 0.5, Math.max(view.x(model.to[one]) - x, 2) + 3, LANE - 1);
    context.lineWidth = 1;
  };
  const arrow = (cause: number, effect: number, colour: string): void => {
    // A cause is over when it has its effect; an effect that began before shows it from then on.
    const done = model.to[cause];
    const from = [view.x(done), yOf(cause) + LANE / 2] as const;
    const to = [view.x(Math.min(Math.max(model.from[effect], done), Math.max(model.from[effect], model.to[effect]))), yOf(effect) + LANE / 2] as const;
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    for (const turn of [-0.5, 0.5]) {
      context.moveTo(...to);
      context.lineTo(to[0] - 8 * Math.cos(angle + turn), to[1] - 8 * Math.sin(angle + turn));
    }
    context.stroke();
    context.lineWidth = 1;
  };
  for (const cause of causes) {
    frame(cause, palette.cause);
    arrow(cause, item, palette.cause);
  }
  for (const effect of effects) {
    frame(effect, palette.effect);
    arrow(item, effect, palette.effect);
  }
  frame(item, palette.select);
}
