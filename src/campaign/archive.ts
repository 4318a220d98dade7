import type { Folder } from './folder.ts';
import { padded, type Epoch, type Ledger, type SliceResult } from './ledger.ts';

const MOST_MIB = 64;

/** Where a shard keeps what came of a slice. */
export function archiveOf(hunt: string, slice: number): string {
  return `slices/${hunt}/${padded(slice)}.json`;
}

/**
 * The books when shards are put together: what one of them has run is done, and what none has is run now. So the whole
 * comes to what it would have come to by itself.
 */
export class ArchiveLedger implements Ledger {
  private readonly shards: readonly Folder[];
  private readonly ran = new Map<string, string>();
  private readonly accepts: (epoch: Epoch, result: SliceResult) => boolean;
  /** Slices that no shard had. */
  missed = 0;

  /** `accepts`: whether a text is what a slice may have come to; what is not is run now. */
  constructor(shards: readonly Folder[], accepts: (epoch: Epoch, result: SliceResult) => boolean) {
    this.shards = shards;
    this.accepts = accepts;
  }

  async take(epoch: Epoch): Promise<number | undefined> {
    return epoch.slices.find((slice) => this.textOf(epoch, slice) === undefined);
  }

  async done(epoch: Epoch, { slice, text }: SliceResult): Promise<void> {
    this.missed++;
    this.ran.set(archiveOf(epoch.hunt, slice), text);
  }

  async giveBack(): Promise<void> {}

  async results(epoch: Epoch): Promise<readonly SliceResult[]> {
    return epoch.slices.flatMap((slice) => {
      const text = this.textOf(epoch, slice);
      return text === undefined ? [] : [{ slice, text }];
    });
  }

  async missing(epoch: Epoch): Promise<number> {
    return epoch.slices.filter((slice) => this.textOf(epoch, slice) === undefined).length;
  }

  async forget(epoch: Epoch, slice: number): Promise<void> {
    this.ran.delete(archiveOf(epoch.hunt, slice));
  }

  async takeMerge(): Promise<boolean> {
    return true;
  }

  async giveBackMerge(): Promise<void> {}

  async close(epoch: Epoch): Promise<void> {
    for (const slice of epoch.slices) this.ran.delete(archiveOf(epoch.hunt, slice));
  }

  private textOf(epoch: Epoch, slice: number): string | undefined {
    const name = archiveOf(epoch.hunt, slice);
    const ran = this.ran.get(name);
    if (ran !== undefined) return ran;
    const folder = this.shards.find((shard) => shard.has(name));
    const text = folder?.read(name, MOST_MIB);
    return text !== undefined && this.accepts(epoch, { slice, text }) ? text : undefined;
  }
}
