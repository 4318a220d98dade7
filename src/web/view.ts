/** The least time that a window shows, ps. */
const LEAST = 20_000;

/** Which part of the run the window shows. */
export class View {
  from: number;
  to: number;
  /** Pixels. */
  width = 1;
  private readonly end: number;

  /** `end`: length of the run, ps. */
  constructor(end: number, focus: readonly [number, number]) {
    this.end = Math.max(end, LEAST);
    [this.from, this.to] = focus;
    this.show(...focus);
  }

  get perPixel(): number {
    return (this.to - this.from) / this.width;
  }

  x(at: number): number {
    return (at - this.from) / this.perPixel;
  }

  at(x: number): number {
    return this.from + x * this.perPixel;
  }

  /** Shows from `from` to `to`, as far as there is something. */
  show(from: number, to: number): void {
    const room = this.end * 0.02;
    const length = Math.min(Math.max(to - from, LEAST), this.end + 2 * room);
    const middle = (from + to) / 2;
    this.from = Math.min(Math.max(middle - length / 2, -room), this.end + room - length);
    this.to = this.from + length;
  }

  /** Zooms by `factor` about the place `x`. */
  zoom(factor: number, x = this.width / 2): void {
    const about = this.at(x);
    const length = Math.max((this.to - this.from) * factor, LEAST);
    const left = (about - this.from) / (this.to - this.from);
    this.show(about - left * length, about + (1 - left) * length);
  }

  /** Moves by a share of what is shown. */
  pan(share: number): void {
    const by = (this.to - this.from) * share;
    this.show(this.from + by, this.to + by);
  }

  /** Shows all of an item, with room around it, unless it is in sight and large enough. */
  reveal(from: number, to: number): void {
    const length = to - from;
    const seen = from >= this.from && to <= this.to;
    if (seen && (length === 0 || length > 3 * this.perPixel)) return;
    const wanted = seen || length > (this.to - this.from) ? Math.max(length * 4, LEAST) : this.to - this.from;
    this.show((from + to - wanted) / 2, (from + to + wanted) / 2);
  }

  all(): void {
    this.show(0, this.end);
  }
}
