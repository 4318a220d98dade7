import type { CampaignHunt } from './hunt.ts';
import type { Epoch } from './ledger.ts';
import { StateFiles, orRemove } from './state-files.ts';
import type { Folder } from './folder.ts';

/** A hunt of a campaign, and where it stands: here, and in the folder, where other processes may have gone on. */
export class Track<State> {
  readonly hunt: CampaignHunt<State>;
  readonly files: StateFiles;
  /** Seconds that this process has spent on it, in all lanes together. */
  spent = 0;
  /** Its time is used up. */
  late = false;
  /** At the end of this process: the state, and what slices of the epoch that it is in have shown. Nothing goes on from that. */
  concluded: State | null = null;
  private current: State;
  private next: Epoch | null;
  private number = 0;

  constructor(hunt: CampaignHunt<State>, folder: Folder) {
    this.hunt = hunt;
    this.files = new StateFiles(folder, hunt.config.name);
    this.current = hunt.begin();
    this.next = hunt.epochOf(this.current);
    this.refresh();
  }

  get state(): State {
    return this.current;
  }

  /** What is to be done; null: nothing. */
  get epoch(): Epoch | null {
    return this.late ? null : this.next;
  }

  /** Looks whether somebody has gone on. */
  refresh(): void {
    for (let newest = this.files.newest(); newest > this.number; newest = this.files.newest()) {
      const text = this.files.read(newest);
      if (text !== undefined) this.move(orRemove(() => this.hunt.parse(text, this.files.fileOf(newest))), newest);
    }
  }

  /** The epoch has been merged. */
  advance(state: State): void {
    const position = this.hunt.positionOf(state);
    this.files.write(position, this.hunt.serialize(state));
    if (position > this.number) this.move(state, position);
  }

  private move(state: State, number: number): void {
    this.current = state;
    this.number = number;
    this.next = this.hunt.epochOf(state);
  }
}
