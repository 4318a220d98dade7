import { KcsControl, KcsState, Str, stateOf } from '../../ipmi/index.ts';
import type { Ps } from '../../sim/index.ts';
import type { Conversation, Ending, Message, Place } from '../messages.ts';
import { nameOf, type Recording, type TraceEntry } from '../recording.ts';

/** What was said over a KCS channel, and what its STR said meanwhile. */
export interface KcsConversation extends Conversation {
  readonly channel: number;
  /** By act: STR after it. */
  readonly str: readonly number[];
}

/** Follows one channel, as the host drives it (IPMI 2.0 figures 9-6 to 9-8). */
class Follower {
  readonly messages: Message[] = [];
  readonly places: (Place | undefined)[] = [];
  readonly str: number[] = [];
  private readonly recording: Recording;
  private readonly channel: number;
  private status = 0;
  private current: Message | null = null;
  private place: Place | undefined;
  private act = 0;

  constructor(recording: Recording, channel: number) {
    this.recording = recording;
    this.channel = channel;
  }

  follow(): void {
    for (const [index, act] of this.recording.acts.entries()) {
      this.act = index;
      for (const event of act.events) this.event(event);
      this.places.push(this.place);
      this.str.push(this.status);
    }
  }

  private event(event: TraceEntry): void {
    const { a, b, c } = event;
    if (c !== this.channel) return;
    switch (nameOf(this.recording, event)) {
      case 'host.idr.write':
        this.written(event);
        break;
      case 'host.odr.read':
        this.read(event);
        this.status &= ~Str.OBF;
        break;
      case 'host.str.read':
        this.status = a;
        this.looked(event);
        break;
      case 'bmc.idr.read':
        this.status &= ~Str.IBF;
        break;
      case 'bmc.odr.write':
        this.status |= Str.OBF;
        break;
      case 'bmc.str.write':
        this.status = b;
        break;
      case 'bmc.str.read':
        this.status = a;
        break;
    }
  }

  private begin(kind: Message['kind'], at: Ps): Message {
    const number = this.messages.filter((message) => message.kind === kind).length + 1;
    const message: Message = {
      kind, number, from: at, first: this.act, bytes: [], sent: -1, response: [], readFrom: -1, readTo: -1, to: -1, last: -1, lastExchange: 0,
      ending: 'open', stage: 'writing',
    };
    this.messages.push(message);
    this.current = message;
    this.place = { message, exchange: 0 };
    return message;
  }

  private end(ending: Ending, at: Ps): void {
    const { current } = this;
    if (current === null) return;
    current.ending = ending;
    current.to = at;
    current.last = this.act;
    current.lastExchange = this.place?.exchange ?? 0;
    this.current = null;
  }

  private written(event: TraceEntry): void {
    const { at, a: value, b: flags } = event;
    const command = (flags & Str.C_D) !== 0;
    this.status |= Str.IBF;
    this.status = command ? this.status | Str.C_D : this.status & ~Str.C_D;
    if (command && value === KcsControl.WRITE_START) {
      this.end('restarted', at);
      this.begin('request', at);
      return;
    }
    if (command && value === KcsControl.GET_STATUS_ABORT) {
      this.end('aborted', at);
      this.begin('abort', at);
      return;
    }
    const { current } = this;
    if (current === null || (command && value !== KcsControl.WRITE_END)) {
      this.end('aborted', at);
      this.begin('stray', at).bytes.push(value);
      this.end('open', at);
      return;
    }
    this.place = { message: current, exchange: this.place!.exchange + 1 };
    if (command) current.stage = 'ending';
    else if (current.kind === 'abort') this.afterAbort(current, at);
    else this.data(current, value, at);
  }

  private afterAbort(abort: Message, at: Ps): void {
    if (abort.sent < 0) abort.sent = at;
    abort.stage = 'waiting';
  }

  private data(request: Message, value: number, at: Ps): void {
    if (request.stage === 'writing') {
      request.bytes.push(value);
    } else if (request.stage === 'ending') {
      request.bytes.push(value);
      request.sent = at;
      request.stage = 'waiting';
    }
  }

  private read(event: TraceEntry): void {
    const { current } = this;
    if (current === null || event.b === 0 || current.sent < 0 || stateOf(this.status) !== KcsState.READ) return;
    current.response.push(event.a);
    if (current.readFrom < 0) current.readFrom = event.at;
    current.readTo = event.at;
    current.stage = 'reading';
  }

  /** The host reads STATUS: IDLE_STATE ends a response, ERROR_STATE whatever was under way. */
  private looked({ at, a }: TraceEntry): void {
    const { current } = this;
    if (current === null || (a & Str.IBF) !== 0) return;
    const state = stateOf(a);
    if (state === KcsState.IDLE && current.response.length > 0) {
      current.stage = 'done';
      this.end('answered', at);
    } else if (state === KcsState.ERROR && current.kind === 'request') {
      this.end('refused', at);
    }
  }
}

/** What was said on the channel that the host drives first. */
export function converseKcs(recording: Recording): KcsConversation {
  const channel = firstChannel(recording);
  const follower = new Follower(recording, channel);
  follower.follow();
  return { channel, messages: follower.messages, places: follower.places, str: follower.str };
}

function firstChannel(recording: Recording): number {
  for (const act of recording.acts) {
    for (const event of act.events) if (nameOf(recording, event) === 'host.idr.write') return event.c;
  }
  return 3;
}
