import {
  Astlpc, AstlpcCommand, AstlpcStatus, MCTP_INSTANCES, MctpControl, instanceOf, isResponse, packetText, writeControlRequest, writeVendorMessage,
  type AstlpcListener, type AstlpcOps,
} from '../../mctp/index.ts';
import { Str } from '../../ipmi/kcs.ts';
import type { Steps } from '../../sim/process.ts';
import { MS, US, type Ps } from '../../sim/time.ts';
import type { Draw } from '../careless.ts';
import { RAW_PATIENCE, type RawPort } from './odr.ts';

/** Endpoints: of the host, and the one that it gives to the BMC. */
const HOST_EID = 9;
const BMC_EID = 8;
/** Idle time before a request, nominal first. */
const GAPS: readonly Ps[] = [20 * US, 500 * US, 30 * MS];
/** Times that it begins anew with a BMC that has lost the channel. */
const STARTS = 3;
const PACKET = 256;

/** The memory behind the LPC window, by firmware cycles. */
export interface HostWindow {
  read(side: 'host', to: Uint8Array, offset: number, length: number): Steps;
  write(side: 'host', from: Uint8Array, offset: number, length: number): Steps;
}

/** Told what becomes of packets at this end. */
export interface HostPackets {
  sent(side: 'host', packet: Uint8Array, length: number): void;
  received(side: 'host', packet: Uint8Array, length: number): void;
  channel(side: 'host', version: number): void;
  dropped(side: 'host', why: string): void;
  /** The host asks the BMC for a channel: what was in flight is void. */
  starts(): void;
  /** No answer has come to the request of that instance in the time that it is given. */
  gaveUp(what: string, instance: number): void;
}

/** The host's end of MCTP over LPC, as firmware uses libmctp: brings the channel up, asks, waits for the answer. */
export class MctpHost {
  private readonly port: RawPort;
  private readonly draw: Draw;
  private readonly packets: HostPackets;
  private readonly binding: Astlpc;
  private readonly packet = new Uint8Array(PACKET);
  private instance = 0;
  /** The instance that has been answered last. */
  private answered = -1;

  constructor(port: RawPort, window: HostWindow, mtu: number, newest: number, draw: Draw, packets: HostPackets) {
    this.port = port;
    this.draw = draw;
    this.packets = packets;
    const { io } = port;
    const done = function* (step: number): Steps<number> {
      yield step;
      return 0;
    };
    const ops: AstlpcOps = {
      readStatus: () => port.look(),
      readData: () => port.take(),
      writeStatus: () => {
        throw new Error('the host cannot write STR');
      },
      // The binding asks for the channel of itself, too, when the BMC comes to life.
      writeData: (data) => {
        if (data === AstlpcCommand.INITIALISE) packets.starts();
        return done(io.outb(0, data));
      },
      lpcRead: (to, offset, length) => window.read('host', to, offset, length),
      lpcWrite: (from, offset, length) => window.write('host', from, offset, length),
    };
    const listener: AstlpcListener = {
      channel: (version) => packets.channel('host', version),
      received: (received, length) => {
        packets.received('host', received, length);
        if (isResponse(received, length)) this.answered = instanceOf(received, length);
      },
      dropped: (why) => packets.dropped('host', why),
    };
    this.binding = new Astlpc('host', mtu, ops, listener, newest);
  }

  reset(): void {
    this.binding.reset();
    this.instance = 0;
    this.answered = -1;
  }

  /** Waits for the BMC, and for a channel; false: there is none. */
  *connect(): Steps<boolean> {
    const { port, binding, packets } = this;
    for (let i = 0; i < STARTS && !port.absent; i++) {
      if (!(yield* port.waitWhile(AstlpcStatus.BMC_READY, 0, 'BMC active'))) continue;
      if (!(yield* port.waitWhile(Str.IBF, Str.IBF, 'IBF=0'))) continue;
      binding.reset();
      if ((yield* binding.start()) < 0) continue;
      if (yield* this.pump(() => binding.txEnabled)) return true;
      if (!port.absent) packets.gaveUp('the channel', -1);
    }
    return false;
  }

  /** Sends one request and waits for its answer; `length`: of a vendor's message, 0: a control message. */
  *ask(command: number, length: number): Steps<boolean> {
    const { port, binding, packets, packet } = this;
    yield port.io.sleep(GAPS[this.draw(GAPS.length, 'gap')]);
    if (!binding.txEnabled && !(yield* this.pump(() => binding.txEnabled)) && !(yield* this.connect())) return false;
    this.instance = (this.instance + 1) % MCTP_INSTANCES;
    this.answered = -1;
    const bytes = length > 0 ? writeVendorMessage(packet, BMC_EID, HOST_EID, this.instance, length)
      : writeControlRequest(packet, BMC_EID, HOST_EID, this.instance, command, command === MctpControl.SET_ENDPOINT_ID ? [0, BMC_EID] : []);
    packets.sent('host', packet, bytes);
    yield* binding.transmit(packet, bytes);
    if (yield* this.pump(() => this.answered === this.instance)) return true;
    if (!port.absent) packets.gaveUp(`the answer to ${packetText(packet, bytes)}`, this.instance);
    return false;
  }

  /** Lets the other side have its say for `ps`. */
  *idle(ps: Ps): Steps {
    yield* this.pump(() => false, ps);
  }

  /** Polls the binding until `goal` is reached; false: `patience` is over, or nobody is there. */
  private *pump(goal: () => boolean, patience: Ps = RAW_PATIENCE): Steps<boolean> {
    const { port, binding } = this;
    const deadline = port.io.now + patience;
    while (!goal()) {
      if (!(yield* port.waitForBmc(deadline, binding.blocked))) return goal();
      if (port.io.now >= deadline || (yield* binding.poll()) < 0) return goal();
    }
    return true;
  }
}
