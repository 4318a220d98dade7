import { BtCtrl, RESPONSE_BIT } from '../../ipmi/index.ts';
import type { Conversation, Ending, Message, Place } from '../messages.ts';
import { nameOf, type Recording, type TraceEntry } from '../recording.ts';

/** Place of the sequence number in what a FIFO carries: behind length and NetFn/LUN (IPMI 11.1). */
const SEQ = 2;

/** A message of BT, and what frames it. */
interface Framed {
  readonly message: Message;
  /** Bytes written so far, length and sequence number included. */
  written: number;
  seq: number;
}

/** Follows the iBT block as the host drives it (IPMI 11.7). */
class Follower {
  readonly messages: Message[] = [];
  readonly places: (Place | undefined)[] = [];
  private readonly recording: Recording;
  private current: Framed | null = null;
  private place: Place | undefined;
  private act = 0;
  /** Of the response that the host reads: bytes so far, how many there are, its sequence number. */
  private taken = 0;
  private length = 0;
  private responseSeq = -1;

  constructor(recording: Recording) {
    this.recording = recording;
  }

  follow(): void {
    for (const [index, act] of this.recording.acts.entries()) {
      this.act = index;
      for (const event of act.events) this.event(event);
      this.places.push(this.place);
    }
  }

  private event(event: TraceEntry): void {
    switch (nameOf(this.recording, event)) {
      case 'host.bt.fifo.write':
        this.written(event);
        break;
      case 'host.bt.ctrl.write':
        this.controlled(event);
        break;
      case 'host.bt.fifo.read':
        this.read(event);
        break;
    }
  }

  private begin(kind: Message['kind'], { at }: TraceEntry): Framed {
    const number = this.messages.filter((message) => message.kind === kind).length + 1;
    const message: Message = {
      kind, number, from: at, first: this.act, bytes: [], sent: -1, response: [], readFrom: -1, readTo: -1, to: -1, last: -1, lastExchange: 0,
      ending: 'open', stage: 'writing',
    };
    this.messages.push(message);
    this.current = { message, written: 0, seq: -1 };
    this.place = { message, exchange: 0 };
    return this.current;
  }

  private end(ending: Ending, { at }: TraceEntry): void {
    if (this.current === null) return;
    const { message } = this.current;
    message.ending = ending;
    message.to = at;
    message.last = this.act;
    message.lastExchange = this.place?.exchange ?? 0;
    this.current = null;
  }

  /** The host does something else in the message. */
  private goOn(message: Message): void {
    this.place = { message, exchange: (this.place?.exchange ?? 0) + 1 };
  }

  private written(event: TraceEntry): void {
    let { current } = this;
    if (current !== null && current.message.sent >= 0) {
      this.end('restarted', event);
      current = null;
    }
    const framed = current ?? this.begin('request', event);
    const at = framed.written++;
    if (at === SEQ) framed.seq = event.a;
    else if (at > 0) framed.message.bytes.push(event.a);
  }

  private controlled(event: TraceEntry): void {
    const { a: value } = event;
    const { current } = this;
    if ((value & BtCtrl.CLR_WR_PTR) !== 0 && current !== null && current.message.sent < 0) this.end('aborted', event);
    if ((value & BtCtrl.H2B_ATN) !== 0) this.attention(event);
    if ((value & BtCtrl.B2H_ATN) !== 0 && current !== null && current.message.sent >= 0) this.goOn(current.message);
    if ((value & BtCtrl.CLR_RD_PTR) !== 0) this.taken = 0;
  }

  private attention(event: TraceEntry): void {
    const { current } = this;
    if (current === null || current.message.sent >= 0) {
      this.end('restarted', event);
      this.begin('stray', event);
      this.end('open', event);
      return;
    }
    current.message.sent = event.at;
    current.message.stage = 'waiting';
    this.goOn(current.message);
  }

  private read(event: TraceEntry): void {
    const { a: byte, at } = event;
    const { current } = this;
    const place = this.taken++;
    if (place === 0) this.length = byte;
    if (place === SEQ) this.responseSeq = byte;
    if (current === null || current.message.sent < 0) return;
    const { message } = current;
    if (place === 0) {
      message.response.length = 0;
      message.readFrom = at;
      message.stage = 'reading';
    } else if (place !== SEQ) {
      message.response.push(byte);
    }
    message.readTo = at;
    if (place === 0 || place < this.length) return;
    if (this.answers(current)) {
      message.stage = 'done';
      this.end('answered', event);
    } else {
      message.stage = 'waiting'; // the host throws it away
    }
  }

  /** What the host compares: NetFn, Cmd and sequence number (IPMI 11.3). */
  private answers({ message: { bytes, response }, seq }: Framed): boolean {
    return this.responseSeq === seq && response[0] === (bytes[0] | RESPONSE_BIT) && response[1] === bytes[1];
  }
}

/** What was said over BT. */
export function converseBt(recording: Recording): Conversation {
  const follower = new Follower(recording);
  follower.follow();
  return { messages: follower.messages, places: follower.places };
}
