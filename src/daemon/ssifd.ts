import {
  AppCmd, CompletionCode, EVENT_BYTES, IPMI_SSIF_PAYLOAD_MAX, NetFn, REQUEST_HEADER, netFnOf, postEvent, postMessage, postWatchdogPreTimeout,
  writeResponse, type BmcState,
} from '../ipmi/index.ts';
import { EPOLLIN, type Kernel, type MiscDevice, type OpenFile } from '../linux/index.ts';
import { MS, US, type Ps, type Steps } from '../sim/index.ts';
import { Daemon, type DaemonKind, type DaemonShape, type Draw } from './daemon.ts';
import type { DaemonThread } from './thread.ts';
import type { DaemonWitness } from './witness.ts';

/** sizeof(struct ipmi_ssif_msg). */
const BUFFER = 260;

const SSIFD: DaemonKind = {
  name: 'ssifd',
  buffer: BUFFER,
  longestResponse: IPMI_SSIF_PAYLOAD_MAX,
  pages: [[BUFFER, 'resident'], [8, 'not-resident'], [8, 'unmapped'], [0, 'not-resident'], [0, 'unmapped']],
  // The host's budget is 227 ms (IPMI 12.17), the driver gives up after 500 ms.
  think: [0, 500 * US, 20 * MS, 240 * MS, 495 * MS, 700 * MS, 1_600 * MS],
};

/** What the BMC may have for a host that looks at the flags, nominal first: nothing. */
const NEWS: readonly ((bmc: BmcState) => unknown)[] = [
  () => undefined, postWatchdogPreTimeout, (bmc) => postMessage(bmc, MESSAGE), (bmc) => postEvent(bmc, EVENT),
];
const MESSAGE = Uint8Array.of(0x00, 0x20, 0x18, 0xc8); // of channel 0
const EVENT = new Uint8Array(EVENT_BYTES).fill(0xee);

/** What a daemon does with an answer when another request has come meanwhile. */
export type LateAnswer =
  /** It does not look, and writes it. */
  | 'write'
  /** Like ssifbridged: writes it if NetFn, LUN and command are those of the newest request, and answers that as well. */
  | 'match'
  /** Drops it. */
  | 'drop';

/** How a run's daemon is made up. */
export interface SsifdShape extends DaemonShape {
  /** Bytes of the length before each message: 4, `unsigned int`, since v8 of the driver; older users have 1. */
  readonly lengthBytes: 1 | 4;
  readonly late: LateAnswer;
  /** After which time the daemon answers C0h (node busy) in place of what it is still thinking of, ps; 0: never. */
  readonly timeout: Ps;
}

/** One thread that blocks, and writes whatever it has thought of. */
export const PLAIN_SSIFD: SsifdShape = { threads: 1, locked: true, nonBlocking: false, lengthBytes: 4, late: 'write', timeout: 0 };

/**
 * ssifbridged of OpenBMC (commit 14480ee): O_NONBLOCK, it goes on reading while ipmid is busy, and compares the answer
 * with the newest request. (It has lengths of one byte; a bridge that works with this driver has four.)
 */
export const SSIFBRIDGED: SsifdShape = { ...PLAIN_SSIFD, nonBlocking: true, late: 'match' };

/** A daemon that serves /dev/ipmi-ssif-host: reads requests, thinks, answers, can crash and come back. */
export class Ssifd extends Daemon<SsifdShape> {
  constructor(kernel: Kernel, device: MiscDevice, thinkTime: Ps, draw: Draw, witness: DaemonWitness) {
    super(SSIFD, PLAIN_SSIFD, kernel, device, thinkTime, draw, witness);
  }

  protected override header(): number {
    return this.shape.lengthBytes;
  }

  /** sizeof(struct ipmi_ssif_msg), which was less while its length was a byte. */
  protected override wholeMessage(): number {
    return this.shape.lengthBytes === 1 ? 1 + IPMI_SSIF_PAYLOAD_MAX : BUFFER;
  }

  /** What is behind the length; its value is not looked at, as by ssifbridged. */
  protected override decode(thread: DaemonThread, result: number): number {
    return Math.max(result - thread.header, 0);
  }

  protected override encode(thread: DaemonThread): void {
    const { bytes } = thread.response;
    for (let i = 0; i < thread.header; i++) bytes[i] = thread.responseLength >>> (8 * i);
  }

  protected override *beforeRead(thread: DaemonThread, file: OpenFile): Steps {
    if (this.draw(thread.name, 2, 'before read') === 1 && this.file !== null && this.shape.locked) yield* this.crash(thread, file);
    yield* this.unsolicited(thread, file);
  }

  /**
   * To a host that looks at the flags the schedule may have something to tell, or the answer to another command, of the same
   * length: ipmid has mixed up who asked what.
   */
  protected override answer(thread: DaemonThread, length: number): void {
    const { request, message, name } = thread;
    const flags = length >= REQUEST_HEADER && netFnOf(request[0]) === NetFn.APP && request[1] === AppCmd.GET_MESSAGE_FLAGS;
    if (flags) NEWS[this.draw(name, NEWS.length, 'news for the host')](this.bmc);
    super.answer(thread, length);
    thread.mixedUp = flags && this.draw(name, 2, 'answers another command') === 1;
    if (thread.mixedUp) message[1] = AppCmd.GET_BMC_GLOBAL_ENABLES;
  }

  protected override *respond(thread: DaemonThread, file: OpenFile, length: number): Steps {
    const { timeout, late } = this.shape;
    const thinks = this.thinks(thread);
    this.answer(thread, length);
    if (timeout > 0 && thinks > timeout) {
      thread.responseLength = writeResponse(thread.message, thread.request, length, CompletionCode.NODE_BUSY);
      yield this.kernel.sleep(timeout);
    } else {
      yield this.kernel.sleep(thinks);
    }
    if (late === 'write' || ((yield* this.sys.poll(file, false)) & EPOLLIN) === 0) yield* this.writeResponse(thread, file);
    else if (late === 'match') yield* this.readOn(thread, file, length);
  }

  /** A request has come while the answer to another was being made. */
  private *readOn(thread: DaemonThread, file: OpenFile, length: number): Steps {
    const { older, request } = thread;
    older.set(request.subarray(0, length));
    const next = yield* this.readRequest(thread, file);
    if (next < 0) {
      yield* this.failed(thread, next);
      return;
    }
    if (length >= 2 && next >= 2 && older[0] === request[0] && older[1] === request[1]) {
      yield* this.writeResponse(thread, file, older, length);
    }
    yield* this.respond(thread, file, next);
  }
}
