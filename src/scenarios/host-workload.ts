import type { CarelessMove, NextRequest } from '../host/index.ts';
import { MS, SEC, US, call, type Ps, type Steps } from '../sim/index.ts';
import type { Workload } from './bmc-system.ts';
import { CommandRequest } from './requests.ts';
import type { Values } from './settings.ts';

/** Idle time before a request, nominal first. */
const GAPS: readonly Ps[] = [20 * US, 200 * US, 2 * MS, 30 * MS];

/**
 * How long the host waits, longer than any time-out of its driver, and how often it tries again, when its
 * last request was not answered.
 */
const HEAL: Ps = 6 * SEC;
const HEAL_TRIES = 2;
/** C0h "node busy" asks it to try again: so often it does, each time another late answer may have made room. */
const BUSY_TRIES = 6;

/** A driver of the host that keeps to the protocol: ipmi_si, ipmi_ssif. */
export interface PoliteHost {
  /** The response to the last message. */
  readonly response: Uint8Array;
  /** It has nothing in hand. */
  readonly quiet: boolean;
  /** What it does until `until` while nobody asks anything. */
  idle(until: Ps): Steps<unknown>;
  /** Sends one message; the length of the response, which there always is. */
  transact(request: Uint8Array, length: number): Steps<number>;
}

/** A host that need not keep to it. */
export interface CarelessPlayer {
  reset(): void;
}

export interface HostWorkloadOptions<Player extends CarelessPlayer> {
  readonly clock: { readonly now: Ps };
  readonly values: Values;
  /** The polite driver in each of the host modes. */
  readonly modes: readonly PoliteHost[];
  /** Makes the careless host; it asks for requests as it needs them. */
  careless(next: NextRequest): Player;
  /** What it may do; the first is what the polite driver does as well, and is left to that. */
  readonly moves: readonly CarelessMove<Player>[];
  /** The question which of them it makes; with a question mark at its end findings are told apart by the answer. */
  readonly question: string;
  /** Lengths of a request, after the nominal one, bytes. */
  readonly lengths: readonly number[];
  draw(n: number, label: string): number;
  /** What the host does before its first request, if anything. */
  readonly begin?: (host: PoliteHost) => Steps<unknown>;
  /** What the upper layer may want of the polite driver before a request. */
  readonly wish?: (host: PoliteHost) => void;
  /** No more faults from here on: what follows judges whether the system recovers. */
  calmDown(): void;
  /** Loads the polite driver anew: other software has used the interface. */
  takeOver(): void;
}

/**
 * What the host does in one execution: requests through its driver, between them moves of a host that
 * restarts, aborts or breaks the protocol. The last request is always a polite one: by it the oracles
 * judge whether the interface has recovered.
 */
export class HostWorkload<Player extends CarelessPlayer> implements Workload {
  private readonly options: HostWorkloadOptions<Player>;
  private readonly requests: CommandRequest;
  private readonly careless: Player;
  /** Index of the host mode. */
  mode = 0;
  done = false;
  satisfied = false;
  /** The last polite request was answered by C0h. */
  private busy = false;
  askedAt: Ps = 0;
  /** Other software than the driver uses the interface now. */
  taken = false;

  constructor(options: HostWorkloadOptions<Player>) {
    this.options = options;
    this.requests = new CommandRequest(options.values.word('command'));
    this.careless = options.careless((buf, length) => this.compose(buf, length));
  }

  reset(): void {
    this.done = false;
    this.satisfied = false;
    this.busy = false;
    this.askedAt = 0;
    this.taken = false;
    this.requests.reset();
    this.careless.reset();
  }

  /** Writes the next request into `buf`. */
  private compose(buf: Uint8Array, length?: number): number {
    const request = this.requests.next(length ?? this.drawLength());
    buf.set(request.bytes.subarray(0, request.length));
    return request.length;
  }

  private drawLength(): number {
    const { values, draw, lengths } = this.options;
    if (values.fixed('length')) return values.number('length');
    const choice = draw(lengths.length + 1, 'length');
    return choice === 0 ? values.number('length') : lengths[choice - 1];
  }

  *main(): Steps {
    const { clock, values, modes, moves, question, draw, begin } = this.options;
    if (begin !== undefined) yield* begin(modes[this.mode]);
    const count = values.number('requests') + (values.fixed('requests') ? 0 : draw(3, 'more requests'));
    for (let i = 0; i < count; i++) {
      yield call(modes[this.mode].idle(clock.now + GAPS[draw(GAPS.length, 'gap')]));
      // Other software comes only when the driver is at rest.
      const free = i < count - 1 && modes[this.mode].quiet;
      const move = !free ? 0 : draw(moves.length, question);
      if (move === 0) {
        yield call(this.polite());
      } else {
        this.taken = true;
        yield call(moves[move].run(this.careless));
        this.taken = false;
        this.options.takeOver();
      }
    }
    for (let tries = 0, busy = 0; tries < HEAL_TRIES && busy < BUSY_TRIES && !this.satisfied;) {
      this.options.calmDown();
      yield* modes[this.mode].idle(clock.now + HEAL);
      yield* this.polite();
      if (this.busy) busy++;
      else tries++;
    }
    yield* modes[this.mode].idle(clock.now + GAPS[0]);
    this.done = true;
  }

  /** One request through the driver, which recovers from whatever it finds. */
  private *polite(): Steps {
    const host = this.options.modes[this.mode];
    this.options.wish?.(host);
    this.askedAt = this.options.clock.now;
    const request = this.requests.next(this.drawLength());
    const got = yield call(host.transact(request.bytes, request.length));
    this.satisfied = this.requests.answers(host.response, got);
    this.busy = this.requests.tellsBusy(host.response, got);
  }
}
