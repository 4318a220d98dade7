import { Str } from '../../ipmi/index.ts';
import { ASTLPC_MCTP_MAGIC, AstlpcCommand, LENGTH_BYTES, Lpcmap, be16, be32, instanceOf, isResponse } from '../../mctp/index.ts';
import type { Ps } from '../../sim/index.ts';
import type { KcsConversation } from '../kcs/conversation.ts';
import type { Message, Place } from '../messages.ts';
import { nameOf, type Recording, type TraceEntry } from '../recording.ts';

/** One byte that has passed from one side to the other, or a value of STR that the BMC has set. */
export interface Said {
  readonly at: Ps;
  /** Index of the act. */
  readonly act: number;
  readonly from: 'host' | 'BMC';
  readonly what: 'byte' | 'status';
  readonly value: number;
  /** With Tx Begin: the packet that lies in the sender's area of the window. */
  readonly packet?: readonly number[];
  /** With the first status of the BMC, and with Initialise: versions, areas. */
  readonly header?: Uint8Array;
}

/** What was said over a channel that carries single bytes, and what its STR said meanwhile. */
export interface RawConversation extends KcsConversation {
  readonly said: readonly Said[];
  /** The window has the header of MCTP over LPC. */
  readonly mctp: boolean;
}

/** Bytes of the window that are followed. */
const WINDOW = 4096;
/** Bits of STR that are software's. */
const SOFTWARE = 0xf4;

/** Follows one channel, and the window of the LPC firmware space beside it. */
class Follower {
  readonly messages: Message[] = [];
  readonly places: (Place | undefined)[] = [];
  readonly str: number[] = [];
  readonly said: Said[] = [];
  private readonly recording: Recording;
  private readonly window = new Uint8Array(WINDOW);
  private status = 0;
  private act = 0;
  private place: Place | undefined;
  /** The byte that the BMC has put into ODR last. */
  private odr = 0;

  constructor(recording: Recording) {
    this.recording = recording;
  }

  get mctp(): boolean {
    return be32(this.window, Lpcmap.MAGIC) === ASTLPC_MCTP_MAGIC;
  }

  follow(): void {
    for (const [index, { events }] of this.recording.acts.entries()) {
      this.act = index;
      for (const event of events) this.event(event);
      this.places.push(this.place);
      this.str.push(this.status);
    }
  }

  private event(event: TraceEntry): void {
    const { at, a, b } = event;
    switch (nameOf(this.recording, event)) {
      case 'lpc.fw.write':
        for (let i = 0; i < 4; i++) this.window[a + i] = b >>> (24 - 8 * i);
        break;
      case 'host.idr.write':
        this.status = (this.status & ~Str.C_D) | Str.IBF | (b & Str.C_D);
        this.hostSays(at, a);
        break;
      case 'host.odr.read':
        if (b !== 0) this.hostHears(at, a);
        this.status &= ~Str.OBF;
        break;
      case 'host.str.read':
      case 'bmc.str.read':
        this.status = a;
        break;
      case 'bmc.idr.read':
        this.status &= ~Str.IBF;
        break;
      case 'bmc.odr.write':
        this.status |= Str.OBF;
        this.odr = a;
        this.say({ at, from: 'BMC', what: 'byte', value: a, ...this.content('BMC', a) });
        break;
      case 'bmc.str.write':
        if (((a ^ b) & SOFTWARE) !== 0) this.say({ at, from: 'BMC', what: 'status', value: b, ...(this.mctp ? { header: this.window.slice(0, Lpcmap.BYTES) } : {}) });
        this.status = b;
        break;
    }
  }

  private say(said: Omit<Said, 'act'>): void {
    this.said.push({ ...said, act: this.act });
  }

  /** What lies in the window for a byte. */
  private content(from: Said['from'], byte: number): Partial<Said> {
    const { window } = this;
    if (!this.mctp) return {};
    if (byte === AstlpcCommand.INITIALISE) return { header: window.slice(0, Lpcmap.BYTES) };
    if (byte !== AstlpcCommand.TX_BEGIN) return {};
    const area = be32(window, from === 'host' ? Lpcmap.TX_OFFSET : Lpcmap.RX_OFFSET);
    const length = Math.min(be32(window, area), WINDOW - area - LENGTH_BYTES);
    return length > 0 ? { packet: [...window.subarray(area + LENGTH_BYTES, area + LENGTH_BYTES + length)] } : {};
  }

  private hostSays(at: Ps, value: number): void {
    const content = this.content('host', value);
    this.say({ at, from: 'host', what: 'byte', value, ...content });
    if (!this.mctp) this.begin(at, [value]);
    else if (content.packet !== undefined) this.begin(at, content.packet);
    else if (this.place !== undefined) this.place = { message: this.place.message, exchange: this.place.exchange + 1 };
  }

  private begin(at: Ps, bytes: readonly number[]): void {
    const message: Message = {
      kind: 'request', number: this.messages.length + 1, from: at, first: this.act, bytes: [...bytes], sent: at, response: [], readFrom: -1, readTo: -1,
      to: -1, last: -1, lastExchange: 0, ending: 'open', stage: 'waiting',
    };
    this.messages.push(message);
    this.place = { message, exchange: 0 };
  }

  /** The host has read what may be the answer to something. */
  private hostHears(at: Ps, value: number): void {
    if (this.place !== undefined) this.place = { message: this.place.message, exchange: this.place.exchange + 1 };
    const packet = this.mctp ? this.said.findLast(({ from, what }) => from === 'BMC' && what === 'byte')?.packet : [value];
    if (packet === undefined || (this.mctp && this.odr !== AstlpcCommand.TX_BEGIN)) return;
    const message = this.messages.find((open) => open.to < 0 && (this.mctp ? answers(open.bytes, packet) : (open.bytes[0] ^ value) === 0x80));
    if (message === undefined) return;
    message.response.push(...packet);
    message.readFrom = at;
    message.readTo = at;
    message.to = at;
    message.last = this.act;
    message.lastExchange = this.place?.exchange ?? 0;
    message.ending = 'answered';
    message.stage = 'done';
  }
}

function answers(request: readonly number[], response: readonly number[]): boolean {
  const packet = Uint8Array.from(response);
  return isResponse(packet, packet.length) && instanceOf(packet, packet.length) === instanceOf(Uint8Array.from(request), request.length);
}

/** What was said on the channel. */
export function converseRaw(recording: Recording): RawConversation {
  const follower = new Follower(recording);
  follower.follow();
  return { channel: channelOf(recording), messages: follower.messages, places: follower.places, str: follower.str, said: follower.said, mctp: follower.mctp };
}

function channelOf(recording: Recording): number {
  for (const { events } of recording.acts) {
    for (const event of events) if (/^(host\.|bmc\.(idr|odr|str))/.test(nameOf(recording, event))) return event.c;
  }
  return 3;
}

/** Versions that a header tells: `1 to 3`. */
export function versionsOf(header: Uint8Array, min: number, cur: number): string {
  return `${be16(header, min)} to ${be16(header, cur)}`;
}
