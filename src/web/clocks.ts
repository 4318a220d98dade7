import type { Clocks } from '../report/timeline/document.ts';
import type { Palette } from './palette.ts';
import type { View } from './view.ts';

/** Clocks are drawn where a pixel is less than this, ps: a clock of LCLK is then six pixels or more. */
export const MOST_CLOCK_WIDTH = 5_000;

/** One wire as a table shows it: a level, a nibble, or nobody drives it. */
export function valueText(value: number): string {
  return value < 0 ? 'z' : value.toString(16).toUpperCase();
}

/** Draws the wires of one cycle, clock by clock, in a strip of `height` pixels. */
export function paintClocks(context: CanvasRenderingContext2D, clocks: Clocks, view: View, top: number, height: number, palette: Palette): void {
  const { from, period, fields, wires } = clocks;
  const row = height / (wires.length + 1);
  const wide = period / view.perPixel;
  context.strokeStyle = palette.faint;
  for (const [clock, field] of fields.entries()) {
    const x = view.x(from + clock * period);
    if (x > view.width || x + wide < 0) continue;
    context.strokeRect(x, top + 0.5, wide, row - 1);
    context.fillStyle = palette.text;
    if (wide > 7 * field.length) context.fillText(field, x + 2, top + row / 2);
    for (const [i, { bits, values }] of wires.entries()) {
      const y = top + (i + 1) * row;
      if (values[clock] < 0) floating(context, x, y, wide, row);
      else if (bits > 1) box(context, values[clock], x, y, wide, row, palette);
      else level(context, values[clock], values[clock - 1], x, y, wide, row);
    }
  }
  context.fillStyle = palette.faint;
  const left = view.x(from);
  if (wide > 18) for (const [i, { name }] of wires.entries()) context.fillText(name, left - 7 * name.length - 4, top + (i + 1.5) * row);
}

/** Nobody drives the wire: a line in the middle. */
function floating(context: CanvasRenderingContext2D, x: number, y: number, wide: number, row: number): void {
  context.beginPath();
  context.setLineDash([2, 2]);
  context.moveTo(x, y + row / 2);
  context.lineTo(x + wide, y + row / 2);
  context.stroke();
  context.setLineDash([]);
}

/** A level as a line, with the edge from the one before. */
function level(context: CanvasRenderingContext2D, value: number, before: number | undefined, x: number, y: number, wide: number, row: number): void {
  const height = (one: number): number => (one === 0 ? y + row - 2 : y + 2);
  context.beginPath();
  context.moveTo(x, height(before === 0 || before === 1 ? before : value));
  context.lineTo(x, height(value));
  context.lineTo(x + wide, height(value));
  context.stroke();
}

/** Several bits: a box with their value. */
function box(context: CanvasRenderingContext2D, value: number, x: number, y: number, wide: number, row: number, palette: Palette): void {
  context.strokeRect(x, y + 1.5, wide, row - 3);
  context.fillStyle = palette.text;
  if (wide > 8) context.fillText(valueText(value), x + wide / 2 - 3, y + row / 2);
}
