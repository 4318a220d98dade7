import { attention } from '../ipmi/index.ts';
import { EOVERFLOW, EPOLLIN, type Kernel, type MiscDevice, type OpenFile } from '../linux/index.ts';
import { END_OF_TIME, MS, US, call, type Ps, type Steps } from '../sim/index.ts';
import { Daemon, type DaemonKind, type DaemonShape, type Draw } from './daemon.ts';
import type { DaemonThread } from './thread.ts';
import type { DaemonWitness } from './witness.ts';

/** ioctl() requests of linux/ipmi_bmc.h. */
const SET_SMS_ATN = 0;
const CLEAR_SMS_ATN = 1;
const FORCE_ABORT = 2;

/** Largest message that the daemon handles, bytes. */
const BUFFER = 1024;

const KCSD: DaemonKind = {
  name: 'kcsd',
  buffer: BUFFER,
  longestResponse: 1000,
  pages: [[BUFFER, 'resident'], [4, 'not-resident'], [4, 'unmapped'], [0, 'not-resident'], [0, 'unmapped']],
  think: [0, 20 * US, 500 * US, 2 * MS, 20 * MS],
};

/** How a run's daemon is made up. */
export interface KcsdShape extends DaemonShape {
  /** Like kcsbridged: FORCE_ABORT first, and a request that arrives cancels the answer under way. */
  readonly bridge: boolean;
}

/** A daemon that serves /dev/ipmi-kcs: reads requests, thinks, answers, can crash and come back. */
export class Kcsd extends Daemon<KcsdShape> {
  private attentionSet = false;
  /** Threads that are setting or clearing SMS_ATN. */
  private attending = 0;
  /** Two were at once: SMS_ATN may be set, and nobody will clear it. */
  private forgotten = false;

  constructor(kernel: Kernel, device: MiscDevice, thinkTime: Ps, draw: Draw, witness: DaemonWitness) {
    super(KCSD, { threads: 1, locked: true, nonBlocking: false, bridge: false }, kernel, device, thinkTime, draw, witness);
  }

  protected override reset(): void {
    this.attentionSet = false;
    this.attending = 0;
    this.forgotten = false;
  }

  /** A host that finds SMS_ATN set asks for the message flags, over and over (smi_event_handler()). */
  override get hindersUntil(): Ps {
    return this.forgotten ? END_OF_TIME : super.hindersUntil;
  }

  protected override *afterOpen(thread: DaemonThread, file: OpenFile): Steps {
    if (this.shape.bridge) yield* this.forceAbort(thread, file);
    yield* this.updateAttention(file); // what a crashed process has left
  }

  private *forceAbort(thread: DaemonThread, file: OpenFile): Steps {
    this.witness.aborted(thread.name);
    yield* this.sys.ioctl(file, FORCE_ABORT);
  }

  protected override *beforeRead(thread: DaemonThread, file: OpenFile): Steps {
    switch (this.draw(thread.name, 5, 'before read')) {
      case 1:
        yield* this.forceAbort(thread, file);
        break;
      case 2:
        yield* this.attend(file, SET_SMS_ATN);
        this.attentionSet = true;
        break;
      case 3:
        yield* this.attend(file, CLEAR_SMS_ATN);
        this.attentionSet = false;
        break;
      case 4:
        if (this.file !== null && this.shape.locked) yield* this.crash(thread, file);
        break;
    }
    yield* this.unsolicited(thread, file);
  }

  protected override *respond(thread: DaemonThread, file: OpenFile, length: number): Steps {
    this.answer(thread, length);
    yield this.kernel.sleep(this.thinks(thread));
    if (this.shape.bridge && ((yield* this.sys.poll(file, false)) & EPOLLIN) !== 0) return; // the host has gone on
    yield call(this.writeResponse(thread, file));
    yield* this.updateAttention(file);
  }

  private *updateAttention(file: OpenFile): Steps {
    const wanted = attention(this.bmc);
    if (wanted === this.attentionSet) return;
    this.attentionSet = wanted;
    yield* this.attend(file, wanted ? SET_SMS_ATN : CLEAR_SMS_ATN);
  }

  private *attend(file: OpenFile, command: number): Steps {
    this.forgotten = this.attending > 0;
    this.attending++;
    yield* this.sys.ioctl(file, command);
    this.attending--;
  }

  protected override *beforeEnd(file: OpenFile): Steps {
    if (this.attentionSet) yield* this.sys.ioctl(file, CLEAR_SMS_ATN);
  }

  /** What is too long for it a process leaves alone. */
  protected override closesAfter(error: number): boolean {
    return error !== -EOVERFLOW;
  }
}
