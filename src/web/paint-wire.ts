import type { Palette } from './palette.ts';
import type { View } from './view.ts';
import type { WireModel } from './wires.ts';

/** Draws one wire between `y` and `y + height`: a level as a line, several bits and text as boxes. */
export function paintWire(context: CanvasRenderingContext2D, wire: WireModel, view: View, y: number, height: number, palette: Palette, fit: (text: string, width: number) => string): void {
  const { at, bits } = wire;
  const top = y + 3;
  const bottom = y + height - 4;
  context.strokeStyle = palette.faint;
  context.beginPath();
  let x = 0;
  let index = wire.indexAt(view.from);
  let level = bits === 1 ? levelOf(wire.value(index), top, bottom) : 0;
  if (bits === 1) context.moveTo(0, level);
  for (; index < at.length && x < view.width; index++) {
    const next = index + 1 < at.length ? Math.min(view.x(at[index + 1]), view.width) : view.width;
    if (bits === 1) {
      const now = levelOf(wire.value(index), top, bottom);
      if (now !== level) context.lineTo(x, now);
      context.lineTo(next, now);
      level = now;
    } else if (wire.active(index) && next > x) {
      box(context, wire.text(index), x, next, top, bottom, palette, fit);
    }
    // Changes closer than a pixel are one.
    while (index + 2 < at.length && view.x(at[index + 2]) < next + 1) index++;
    x = next;
  }
  context.stroke();
}

function levelOf(value: number, top: number, bottom: number): number {
  return value === 0 ? bottom : top;
}

function box(
  context: CanvasRenderingContext2D, text: string, from: number, to: number, top: number, bottom: number, palette: Palette,
  fit: (text: string, width: number) => string,
): void {
  const wide = to - from;
  if (wide < 3) {
    context.moveTo(from, top);
    context.lineTo(from, bottom);
    return;
  }
  context.rect(from + 0.5, top, wide - 1, bottom - top);
  const label = wide > 9 ? fit(text, wide - 2) || (text.length === 1 ? text : '') : '';
  context.fillStyle = palette.text;
  if (label !== '') context.fillText(label, from + Math.max(2, (wide - label.length * 6.7) / 2), (top + bottom) / 2 + 1);
}
