import {
  Astlpc, answerMctp, writeVendorMessage, type AstlpcListener, type AstlpcOps, type MctpEndpoint,
} from '../mctp/index.ts';
import { EAGAIN, EINTR, EPOLLIN, EPOLLOUT, type Kernel, type MiscDevice, type OpenFile } from '../linux/index.ts';
import { MS, US, type Ps, type Steps } from '../sim/index.ts';
import type { Draw } from './daemon.ts';
import type { RawCalls, RawWitness } from './raw-calls.ts';
import { RawProcess } from './raw-process.ts';

/** Offsets of /dev/raw-kcs. */
const DATA = 0;
const STATUS = 1;

/** Times for an answer, nominal first. */
const THINK: readonly Ps[] = [50 * US, 500 * US, 20 * MS];
/** Packets that wait to be sent. */
const QUEUE = 4;
/** The BMC's endpoint before it is given another. */
const BMC_EID = 8;
const PACKET = 256;

/** The memory behind the LPC window, as the BMC has it mapped. */
export interface BmcWindow {
  read(side: 'bmc', to: Uint8Array, offset: number, length: number): Steps;
  write(side: 'bmc', from: Uint8Array, offset: number, length: number): Steps;
}

/** Told what becomes of packets, at either end. */
export interface PacketWitness {
  /** A packet was put into the window, and is to be announced. */
  sent(side: 'bmc' | 'host', packet: Uint8Array, length: number): void;
  received(side: 'bmc' | 'host', packet: Uint8Array, length: number): void;
  /** The channel is active with this version of the protocol; 0: it is not. */
  channel(side: 'bmc' | 'host', version: number): void;
  dropped(side: 'bmc' | 'host', why: string): void;
}

/** mctp-demux-daemon with the astlpc binding on /dev/raw-kcs: answers control and vendor messages. */
export class Mctpd extends RawProcess {
  private readonly binding: Astlpc;
  private readonly endpoint: MctpEndpoint = { eid: BMC_EID };
  private readonly queue: { readonly packet: Uint8Array; length: number }[];
  private queued = 0;
  private notices = 0;
  /** The endpoint that has asked last. */
  private peer = 0;
  private readonly packets: PacketWitness;
  /** The call under way is of this thread, on this file. */
  private at: { calls: RawCalls; file: OpenFile } | null = null;

  constructor(kernel: Kernel, device: MiscDevice, window: BmcWindow, mtu: number, newest: number, draw: Draw, witness: RawWitness, packets: PacketWitness) {
    super('mctpd', kernel, device, draw, witness);
    this.packets = packets;
    this.queue = Array.from({ length: QUEUE }, () => ({ packet: new Uint8Array(PACKET), length: 0 }));
    this.binding = new Astlpc('bmc', mtu, this.ops(window), this.listener(), newest);
  }

  protected override reset(): void {
    this.binding.reset();
    this.endpoint.eid = BMC_EID;
    this.queued = 0;
    this.notices = 0;
    this.peer = 0;
    this.at = null;
  }

  private ops(window: BmcWindow): AstlpcOps {
    return {
      readStatus: () => this.readByte(STATUS),
      readData: () => this.readByte(DATA),
      writeStatus: (status) => this.writeByte(STATUS, status),
      writeData: (data) => this.writeByte(DATA, data),
      lpcRead: (to, offset, length) => window.read('bmc', to, offset, length),
      lpcWrite: (from, offset, length) => window.write('bmc', from, offset, length),
    };
  }

  private listener(): AstlpcListener {
    return {
      channel: (version) => {
        this.queued = 0;
        this.packets.channel('bmc', version);
      },
      received: (packet, length) => {
        this.packets.received('bmc', packet, length);
        this.peer = packet[2];
        if (this.queued >= QUEUE) return;
        const entry = this.queue[this.queued];
        entry.length = answerMctp(this.endpoint, packet, length, entry.packet);
        if (entry.length > 0) this.queued++;
      },
      dropped: (why) => this.packets.dropped('bmc', why),
    };
  }

  /** kcs_read() of astlpc.c: one byte, or an error; a signal is no error for those who use libmctp. */
  private *readByte(pos: number): Steps<number> {
    const { calls, file } = this.at!;
    for (;;) {
      const result = yield* calls.pread(file, 1, pos);
      if (result === 1) return calls.bytes[0];
      if (result !== -EINTR) return result < 0 ? result : -EAGAIN;
    }
  }

  /** kcs_write(). With O_NONBLOCK it waits for OBF=0 by poll(). */
  private *writeByte(pos: number, byte: number): Steps<number> {
    const { calls, file } = this.at!;
    for (;;) {
      const result = yield* calls.pwrite(file, pos, byte);
      if (result === 1) return 0;
      if (result === -EINTR) continue;
      if (result !== -EAGAIN) return result < 0 ? result : -EAGAIN;
      const ready = yield* calls.poll(file, EPOLLOUT);
      if (ready !== -EINTR && (ready & EPOLLOUT) === 0) return -EAGAIN;
    }
  }

  protected override *begin(calls: RawCalls, file: OpenFile): Steps {
    this.at = { calls, file };
    this.binding.reset();
    this.queued = 0;
    yield* this.binding.start();
  }

  /** Waits as mctp_astlpc_init_pollfd() says, lets the binding work, sends what there is to send. */
  protected override *serve(calls: RawCalls, file: OpenFile): Steps<number> {
    this.at = { calls, file };
    const { binding } = this;
    if (this.draw(calls.thread, 8, 'crash before poll') === 1) {
      yield* this.crash(calls, file);
      return 0;
    }
    const events = binding.blocked ? EPOLLOUT : EPOLLIN;
    const ready = yield* calls.poll(file, events);
    if (ready < 0) return ready;
    if ((ready & events) === 0) return -EAGAIN; // the device is gone
    const rc = yield* binding.poll();
    if (rc < 0) return rc;
    yield* this.send(calls);
    return 0;
  }

  /** One packet, if the other side has taken the last. */
  private *send(calls: RawCalls): Steps {
    const { binding, queue } = this;
    if (this.queued === 0 || !binding.txEnabled) return;
    yield this.kernel.sleep(THINK[this.draw(calls.thread, THINK.length, 'think longer')]);
    const first = queue[0];
    queue.splice(0, 1);
    queue.push(first);
    this.queued--;
    this.packets.sent('bmc', first.packet, first.length);
    yield* binding.transmit(first.packet, first.length);
    this.notice();
  }

  /** After its first answer the BMC has something to say itself. */
  private notice(): void {
    if (this.notices > 0 || this.queued >= QUEUE) return;
    const entry = this.queue[this.queued++];
    entry.length = writeVendorMessage(entry.packet, this.peer, this.endpoint.eid, ++this.notices, 24, true);
  }

}
