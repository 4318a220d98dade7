import { END_OF_TIME, type Ps } from '../sim/index.ts';

/** Answers that a daemon is still owed when it has answered by itself. */
const MOST = 8;

/** Answers to requests that a daemon has given up, in the order in which they will come. */
export class LateAnswers {
  private readonly dues = new Float64Array(MOST);
  private readonly seqs = new Uint8Array(MOST);
  private readonly lengths = new Int32Array(MOST);
  private readonly messages: Uint8Array[];
  private count = 0;

  /** @param size of the longest, bytes */
  constructor(size: number) {
    this.messages = Array.from({ length: MOST }, () => new Uint8Array(size));
  }

  clear(): void {
    this.count = 0;
  }

  /** When the next one comes, ps. */
  get nextDue(): Ps {
    return this.count === 0 ? END_OF_TIME : this.dues[0];
  }

  /** Its sequence number. */
  get nextSeq(): number {
    return this.seqs[0];
  }

  /** `message`, of `length` bytes, to the request with the number `seq`, will come at `due`. */
  add(due: Ps, seq: number, message: Uint8Array, length: number): void {
    if (this.count === MOST) this.drop();
    const at = this.count++;
    this.dues[at] = due;
    this.seqs[at] = seq;
    this.lengths[at] = length;
    this.messages[at].set(message.subarray(0, length));
  }

  /** The next one, into `message`; its length. */
  take(message: Uint8Array): number {
    const length = this.lengths[0];
    message.set(this.messages[0].subarray(0, length));
    this.drop();
    return length;
  }

  /** Nobody wants the next one. */
  drop(): void {
    this.count--;
    this.dues.copyWithin(0, 1);
    this.seqs.copyWithin(0, 1);
    this.lengths.copyWithin(0, 1);
    this.messages.push(...this.messages.splice(0, 1));
  }
}
