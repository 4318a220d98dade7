import type { Model } from './model.ts';

/** Finds items by words of their text, lane, kind or note. */
export class Finder {
  private readonly model: Model;
  private words: readonly string[] = [];

  constructor(model: Model) {
    this.model = model;
  }

  /** Every word must occur; case does not count. */
  look(query: string): void {
    this.words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  }

  private fits(item: number): boolean {
    const { model, words } = this;
    const text = `${model.text(item)} ${model.lanes[model.lane[item]].name} ${model.kindOf(item)} ${model.note(item)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  }

  /** The next that fits after `item` (`by` = 1) or before it (-1), round about; -1: nothing fits. */
  next(item: number, by: 1 | -1): number {
    const { size } = this.model;
    if (this.words.length === 0) return -1;
    for (let k = 1; k <= size; k++) {
      const at = (((item + by * k) % size) + size) % size;
      if (this.fits(at)) return at;
    }
    return -1;
  }

  get count(): number {
    let count = 0;
    if (this.words.length > 0) for (let i = 0; i < this.model.size; i++) if (this.fits(i)) count++;
    return count;
  }
}
