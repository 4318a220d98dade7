import { CommandRequest } from './kcs-requests.ts';
import { CARELESS_MOVES, CarelessHost, type HostIo, type HostLog, type Si } from '../host/index.ts';
import { MS, SEC, US, call, type Ps, type Steps } from '../sim/index.ts';
import type { Values } from './settings.ts';

/** Idle time before a request, nominal first. */
const GAPS: readonly Ps[] = [20 * US, 200 * US, 2 * MS, 30 * MS];
/** Lengths of a request, after the nominal one, bytes. */
const LENGTHS: readonly number[] = [4, 5, 12, 21];
/** How long the careless host waits for IBF and OBF: as long as Linux does. */
const PATIENCE: Ps = 5 * SEC;

/**
 * How long the host waits, longer than any time-out of its driver, and how often it tries again, when its
 * last request was not answered.
 */
const HEAL: Ps = 6 * SEC;
const HEAL_TRIES = 2;

export interface KcsWorkloadOptions {
  readonly io: HostIo;
  readonly log: HostLog;
  readonly values: Values;
  /** ipmi_si in each of the host modes. */
  readonly modes: readonly Si[];
  draw(n: number, label: string): number;
  /** No more faults from here on: what follows judges whether the system recovers. */
  calmDown(): void;
  /** Loads ipmi_si anew: other software has used the interface. */
  takeOver(): void;
}

/**
 * What the host does in one execution: requests through ipmi_si, between them moves of a host that
 * restarts, aborts or breaks the protocol. The last request is always a polite one: by it the oracles
 * judge whether the interface has recovered.
 */
export class KcsWorkload {
  private readonly options: KcsWorkloadOptions;
  private readonly requests: CommandRequest;
  private readonly careless: CarelessHost;
  /** Index of the host mode. */
  mode = 0;
  done = false;
  /** The last request was answered as it should be. */
  satisfied = false;
  /** When the last polite request was made. */
  askedAt: Ps = 0;

  constructor(options: KcsWorkloadOptions) {
    this.options = options;
    const { io, log, values, draw } = options;
    this.requests = new CommandRequest(values.word('command'));
    this.careless = new CarelessHost(io, draw, (buf, length) => this.compose(buf, length), log, { patience: PATIENCE });
  }

  reset(): void {
    this.done = false;
    this.satisfied = false;
    this.askedAt = 0;
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
    const { values, draw } = this.options;
    if (values.fixed('length')) return values.number('length');
    const choice = draw(LENGTHS.length + 1, 'length');
    return choice === 0 ? values.number('length') : LENGTHS[choice - 1];
  }

  *main(): Steps {
    const { io, values, modes, draw } = this.options;
    const count = values.number('requests') + (values.fixed('requests') ? 0 : draw(3, 'more requests'));
    for (let i = 0; i < count; i++) {
      yield call(modes[this.mode].idle(io.now + GAPS[draw(GAPS.length, 'gap')]));
      // Other software comes only when ipmi_si is at rest.
      const free = i < count - 1 && modes[this.mode].info.quiet;
      const move = !free ? 0 : draw(CARELESS_MOVES.length, 'host move');
      if (move === 0) {
        yield call(this.polite());
      } else {
        yield* CARELESS_MOVES[move].run(this.careless);
        this.options.takeOver();
      }
    }
    for (let i = 0; i < HEAL_TRIES && !this.satisfied; i++) {
      this.options.calmDown();
      yield* modes[this.mode].idle(io.now + HEAL);
      yield* this.polite();
    }
    yield* modes[this.mode].idle(io.now + GAPS[0]);
    this.done = true;
  }

  /** One request through ipmi_si, which recovers from whatever it finds. */
  private *polite(): Steps {
    const si = this.options.modes[this.mode];
    this.askedAt = this.options.io.now;
    const request = this.requests.next(this.drawLength());
    const got = yield call(si.transact(request.bytes, request.length));
    this.satisfied = this.requests.answers(si.response, got);
  }
}
