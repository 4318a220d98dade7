import { CompletionCode, attention, writeResponse } from '../ipmi/index.ts';
import { EAGAIN, EBUSY, EINTR, EPOLLOUT, type Kernel, type MiscDevice, type OpenFile } from '../linux/index.ts';
import { MS, SEC, US, type Ps, type Steps } from '../sim/index.ts';
import { Daemon, type DaemonKind, type DaemonShape, type Draw } from './daemon.ts';
import { LateAnswers } from './late-answers.ts';
import type { DaemonThread } from './thread.ts';
import type { DaemonWitness } from './witness.ts';

/** ioctl() request of linux/bt-bmc.h. */
const BT_BMC_IOCTL_SMS_ATN = 0xb100;

/** A length byte and what it can count, bytes. */
const BUFFER = 256;
/** Length and sequence number, which BT adds to a message, bytes (IPMI 11.3). */
const FRAMING = 2;

const BTD: DaemonKind = {
  name: 'btd',
  buffer: BUFFER,
  longestResponse: BUFFER - FRAMING,
  pages: [[BUFFER, 'resident'], [8, 'not-resident'], [8, 'unmapped'], [0, 'not-resident'], [0, 'unmapped']],
  // btbridged waits for 1 s, the host for 5.
  // The host waits for 5 s.
  think: [0, 20 * US, 500 * US, 20 * MS, 1_200 * MS, 6_000 * MS],
};

/** Times that ipmid takes for an answer beyond the nominal one, nominal first. */
const IPMID: readonly Ps[] = [0, 1_200 * MS, 1_900 * MS];
/** BT_HOST_TIMEOUT_SEC: after which time btbridged answers for ipmid. */
const BT_HOST_TIMEOUT: Ps = SEC;
/** When another process opens the device while one goes that has crashed, nominal first. */
const SUCCESSOR: readonly Ps[] = [0, 20 * US, 200 * US, 2 * MS];
/** How long a process waits that finds the device in use. */
const IN_USE: Ps = 5 * MS;

/** What a daemon does with an answer that comes when it has answered the request itself. */
export type LateBt =
  /** There is none: it waits for every answer. */
  | 'wait'
  /** Like btbridged: takes it for the request in hand if the sequence numbers agree. */
  | 'match'
  /** Knows every request by itself, and drops it. */
  | 'drop';

/** How a run's daemon is made up. */
export interface BtdShape extends DaemonShape {
  readonly late: LateBt;
}

/** One thread that blocks, and waits for every answer. */
export const PLAIN_BTD: BtdShape = { threads: 1, locked: true, nonBlocking: false, late: 'wait' };

/** btbridged of OpenBMC: O_NONBLOCK, answers CEh for ipmid after a second, knows requests by their sequence number. */
export const BTBRIDGED: BtdShape = { ...PLAIN_BTD, nonBlocking: true, late: 'match' };

/** btbridged that drops late answers (openbmc issue 494 asks for it). */
export const BTBRIDGED_MENDED: BtdShape = { ...BTBRIDGED, late: 'drop' };

/** A daemon that serves /dev/ipmi-bt-host: reads requests, thinks (or asks ipmid), answers, can crash and come back. */
export class Btd extends Daemon<BtdShape> {
  private attentionSet = false;
  /** ipmid takes one request after the other; when it will be done, ps. */
  private ipmidFree: Ps = 0;
  private readonly late = new LateAnswers(BUFFER);

  constructor(kernel: Kernel, device: MiscDevice, thinkTime: Ps, draw: Draw, witness: DaemonWitness) {
    super(BTD, PLAIN_BTD, kernel, device, thinkTime, draw, witness);
    for (const thread of this.threads) thread.separate();
  }

  protected override reset(): void {
    this.attentionSet = false;
    this.ipmidFree = 0;
    this.late.clear();
  }

  protected override header(): number {
    return FRAMING;
  }

  /** Length, NetFn, sequence number: takes the latter out, so that the message stands behind two bytes. */
  protected override decode(thread: DaemonThread, result: number): number {
    const { bytes } = thread.buffer;
    thread.seq = result > FRAMING ? bytes[2] : -1;
    if (result > FRAMING) bytes[2] = bytes[1];
    return Math.max(result - FRAMING, 0);
  }

  protected override encode(thread: DaemonThread): void {
    const { message, responseLength, response: { bytes } } = thread;
    bytes[0] = responseLength + 1;
    bytes[1] = message[0];
    bytes[2] = thread.seq;
    bytes.set(message.subarray(1, responseLength), 3);
  }

  /** A descriptor that does not wait is polled until the host has taken the last response. */
  protected override *beforeWrite(file: OpenFile): Steps {
    if (this.shape.nonBlocking) yield* this.sys.poll(file, true, EPOLLOUT);
  }

  /** write() waits for the host: a signal may end that, and who does not wait may come too early. */
  protected override writesAgain(result: number): boolean {
    return result === -EINTR || result === -EAGAIN;
  }

  protected override *beforeRead(thread: DaemonThread, file: OpenFile): Steps {
    switch (this.draw(thread.name, 3, 'before read')) {
      case 1:
        yield* this.sys.ioctl(file, BT_BMC_IOCTL_SMS_ATN);
        break;
      case 2:
        if (this.file !== null && this.shape.locked) yield* this.crash(thread, file);
        return;
    }
    yield* this.unsolicited(thread, file);
  }

  protected override *respond(thread: DaemonThread, file: OpenFile, length: number): Steps {
    this.answer(thread, length);
    if (this.shape.late === 'wait') yield this.kernel.sleep(this.thinks(thread));
    else yield* this.bridge(thread, length);
    yield* this.writeResponse(thread, file);
    yield* this.updateAttention(file);
  }

  /** Waits for ipmid, whose answer the thread holds already, or for its own time-out. */
  private *bridge(thread: DaemonThread, length: number): Steps {
    const { late, shape, kernel } = this;
    const { now } = kernel.sim;
    const ready = Math.max(now, this.ipmidFree) + this.thinkTime + IPMID[this.draw(thread.name, IPMID.length, 'ipmid is slow')];
    const expires = now + BT_HOST_TIMEOUT;
    this.ipmidFree = ready;
    this.takes(ready - now);
    // ipmid answers in order: what it owes from before comes first.
    for (let due = late.nextDue; due < Math.min(ready, expires); due = late.nextDue) {
      // What has come while nothing was in hand has found nothing.
      const fits = shape.late === 'match' && due > now && late.nextSeq === thread.seq;
      if (fits) thread.responseLength = late.take(thread.message);
      else late.drop();
      if (!fits) continue;
      yield kernel.sleep(due - now);
      return; // the right answer will find that its request is gone
    }
    if (ready <= expires) {
      yield kernel.sleep(ready - now);
      return;
    }
    late.add(ready, thread.seq, thread.message, thread.responseLength);
    thread.responseLength = writeResponse(thread.message, thread.request, length, CompletionCode.RESPONSE_NOT_PROVIDED);
    yield kernel.sleep(expires - now);
  }

  /** There is a way to set SMS_ATN, and none to clear it: the host does that. */
  private *updateAttention(file: OpenFile): Steps {
    const wanted = attention(this.bmc);
    if (wanted && !this.attentionSet) yield* this.sys.ioctl(file, BT_BMC_IOCTL_SMS_ATN);
    this.attentionSet = wanted;
  }

  /** The process dies; one that is started in its place may open the device while the kernel still closes it. */
  protected override *crash(thread: DaemonThread, file: OpenFile): Steps {
    const handOver = thread === this.threads[0] && this.shape.threads === 1
      && this.draw(thread.name, 2, 'successor opens at once') === 1;
    if (!handOver) {
      yield* super.crash(thread, file);
      return;
    }
    thread.ended = true;
    this.tasks[1].ctx.start(SUCCESSOR[this.draw(thread.name, SUCCESSOR.length, 'successor delay')]);
    yield* this.closeDevice(thread, file);
  }

  protected override reopens(error: number): Ps {
    return error === -EBUSY ? IN_USE : -1;
  }
}
