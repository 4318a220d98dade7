import { STATE, type Ps, type Simulator, type Stateful } from '../sim/index.ts';

/** Longest request that is kept, bytes; of longer ones only the length counts. */
const KEPT = 1200;
/** Requests of one run that are kept, the latest. */
const REQUESTS = 64;

/** One request as the BMC has taken it from the wire, byte by byte. */
export class WireRequest implements Stateful {
  readonly bytes = new Uint8Array(KEPT);
  length = 0;
  /** Its sequence number; -1 where requests have none. */
  seq = -1;
  /** Its last byte has been taken. */
  complete = false;
  /** The host still wants an answer, and the BMC has not told it that there will be none. */
  owed = false;
  /** The host has let go of it. */
  abandoned = false;
  /** Times that it was handed to a daemon. */
  delivered = 0;
  /** A response was accepted by the driver while this was the request in hand. */
  answered = false;
  /** read() refused to hand it out because the daemon's buffer is too short. */
  overflowed = false;
  /** write() refused a response to it, which was not late. */
  refused = false;
  /** When its last byte was taken. */
  completedAt: Ps = 0;
  /** When a daemon first asked for a request while this one was there, not delivered yet; -1: none has. */
  askedForAt: Ps = -1;
  /** The device was closed since. */
  orphaned = false;
  /** The host has taken a response that fits it. */
  responded = false;

  reset(): void {
    this.length = 0;
    this.seq = -1;
    this.complete = false;
    this.owed = false;
    this.abandoned = false;
    this.delivered = 0;
    this.answered = false;
    this.overflowed = false;
    this.refused = false;
    this.completedAt = 0;
    this.askedForAt = -1;
    this.orphaned = false;
    this.responded = false;
  }

  /** Its bytes as far as they go: what an earlier one has left behind them is no part of it. */
  [STATE](tell: (part: unknown) => void): void {
    for (const field of Object.values(this)) if (field !== this.bytes) tell(field);
    for (let i = 0; i < this.length && i < KEPT; i++) tell(this.bytes[i]);
  }

  append(byte: number): void {
    if (this.length < KEPT) this.bytes[this.length] = byte;
    this.length++;
  }

  equals(bytes: Uint8Array, length: number): boolean {
    if (length !== this.length || length > KEPT) return false;
    for (let i = 0; i < length; i++) if (bytes[i] !== this.bytes[i]) return false;
    return true;
  }

  /** How far `bytes[from..length)` is what stands here in the same place: up to the index returned. */
  agreesTo(bytes: Uint8Array, from: number, length: number): number {
    const end = Math.min(length, this.length, KEPT);
    let at = from;
    while (at < end && bytes[at] === this.bytes[at]) at++;
    return at;
  }

  /** Whether `bytes[0..length)` is the beginning of this request, and less than all of it. */
  beginsWith(bytes: Uint8Array, length: number): boolean {
    if (length >= this.length) return false;
    for (let i = 0; i < length; i++) if (bytes[i] !== this.bytes[i]) return false;
    return true;
  }
}

/** The latest {@link REQUESTS} requests of a run: the next one takes the place of the oldest. */
class Pool implements Stateful {
  /** Requests that have begun. */
  begun = 0;
  private readonly requests: readonly WireRequest[] = Array.from({ length: REQUESTS }, () => new WireRequest());

  reset(): void {
    this.begun = 0;
  }

  [STATE](tell: (part: unknown) => void): void {
    tell(this.begun);
    for (let i = this.oldest; i < this.begun; i++) tell(this.at(i));
  }

  /** Number of the oldest that is still there, from 0. */
  get oldest(): number {
    return Math.max(0, this.begun - REQUESTS);
  }

  at(number: number): WireRequest {
    return this.requests[number % REQUESTS];
  }

  /** The next one, as new. */
  take(): WireRequest {
    const request = this.at(this.begun++);
    request.reset();
    return request;
  }
}

/** The requests of one run, as an interface's wire has shown them. */
export class RequestLog {
  readonly sim: Simulator;
  private readonly pool = new Pool();
  /** The request that is being written or waits for its answer. */
  current: WireRequest | null = null;

  constructor(sim: Simulator) {
    this.sim = sim;
    sim.onReset(() => {
      this.pool.reset();
      this.current = null;
    });
  }

  /** Requests of this run that are kept, oldest first. */
  *requests(): Generator<WireRequest> {
    for (let i = this.pool.oldest; i < this.begun; i++) yield this.pool.at(i);
  }

  /** Requests that have begun in this run. */
  get begun(): number {
    return this.pool.begun;
  }

  /** Number of the request in hand, from 0; -1: there is none. */
  get number(): number {
    return this.current === null ? -1 : this.begun - 1;
  }

  /** The request of that number; null if it is not kept any more: whoever keeps the object instead has another one one day. */
  kept(number: number): WireRequest | null {
    return number >= this.pool.oldest && number < this.begun ? this.pool.at(number) : null;
  }

  /** The host no longer wants an answer to what it has sent. */
  abandon(): void {
    if (this.current === null) return;
    this.current.owed = false;
    this.current.abandoned = true;
  }

  /** The request in hand has come to its end, whatever it was. */
  protected drop(): void {
    this.abandon();
    this.current = null;
  }

  /** The host begins a request; what was in hand is dropped. */
  protected begin(): WireRequest {
    this.drop();
    this.current = this.pool.take();
    return this.current;
  }

  /** The request in hand has been taken whole. */
  protected complete(): void {
    const { current } = this;
    if (current === null) return;
    current.complete = true;
    current.completedAt = this.sim.now;
    current.owed = !current.abandoned;
  }
}
