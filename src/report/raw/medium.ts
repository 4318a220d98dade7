import { AstlpcCommand, packetText } from '../../mctp/index.ts';
import type { Ps } from '../../sim/index.ts';
import type { Hop } from '../hops.ts';
import { kcsByteHops } from '../kcs/hops.ts';
import { kcsStatusRows } from '../kcs/host-rows.ts';
import { accessesChannel, kcsEffects, kcsRunRow } from '../kcs/irq-rows.ts';
import { KcsMedium } from '../kcs/medium.ts';
import type { Budget, Effect, Exchange, Words } from '../medium.ts';
import type { Message } from '../messages.ts';
import { hex } from '../names.ts';
import { abortRow } from '../polls.ts';
import { nameOf, sideOf, type Act, type Recording } from '../recording.ts';
import { HOST, LINE, WIRE, cell, cells, type Row } from '../rows.ts';
import type { HandlerRun } from '../runs.ts';
import type { Scene } from '../scene.ts';
import { converseRaw, type RawConversation } from './conversation.ts';
import { RAW_RULES } from './rules.ts';
import { byteText, rawStrText, saidLines } from './text.ts';

/** Whether the system of a recording has the window of MCTP over LPC: then its channel carries single bytes. */
export function isRaw(recording: Recording): boolean {
  return recording.kinds.some(({ name }) => name === 'lpc.fw.write');
}

/** A KCS channel that carries single bytes: commands of MCTP over LPC, or whatever two programs agree on. */
export class RawMedium extends KcsMedium {
  override readonly rules = RAW_RULES;
  override readonly conversation: RawConversation;
  override readonly words: Words = {
    stray: 'byte', strays: 'bytes', strayWhere: 'by itself',
    endings: { answered: 'answered', refused: 'refused', restarted: 'given up', aborted: 'given up', open: 'without an answer' },
    end: { open: 'open', restarted: 'given up', aborted: 'given up', refused: 'refused', answered: 'answered' },
  };

  constructor(recording: Recording) {
    super(recording);
    this.conversation = converseRaw(recording);
  }

  private get mctp(): boolean {
    return this.conversation.mctp;
  }

  private readonly str = (channel: number, str: number): string => rawStrText(channel, str, this.mctp);

  log(): readonly string[] {
    return this.conversation.said.flatMap((said) => saidLines(said, this.mctp));
  }

  commandOf({ bytes }: Message): string {
    return this.mctp ? packetText(bytes) : `byte ${hex(bytes[0])}`;
  }

  override endingText(message: Message): string {
    if (message.ending !== 'answered') return '';
    return `request ${message.number} is answered: ${this.mctp ? packetText(message.response) : hex(message.response[0])}`;
  }

  override consequence(): undefined {
    return undefined;
  }

  override accesses(act: Act): boolean {
    return accessesChannel(this.recording, act);
  }

  override hostRows(scene: Scene, index: number): Row[] {
    const act = this.recording.acts[index];
    const { channel, messages, places } = this.conversation;
    const place = places[index] === undefined ? {} : { place: places[index] };
    const rows: Row[] = [];
    for (const event of act.events) {
      const { at, a, b } = event;
      switch (nameOf(this.recording, event)) {
        case 'host.idr.write': {
          const begun = messages.find(({ first }) => first === index);
          if (begun !== undefined) rows.push(cell(at, HOST, `host: request ${begun.number}: ${this.commandOf(begun)}`, { style: 'message', ...place }));
          const lost = (b & 0x02) !== 0 ? ', overwrites: IBF was 1' : '';
          rows.push(cells(at, [[HOST, `writes ${byteText(a, this.mctp)}`], [WIRE, `IDR${channel}=${hex(a)} IBF=1${lost}`]], { ...place, odd: lost !== '' }));
          break;
        }
        case 'host.odr.read': {
          const down = act.events.find((e) => nameOf(this.recording, e) === 'serirq.request');
          rows.push(cells(at, [
            [HOST, `reads ${byteText(a, this.mctp)}`], [WIRE, `ODR${channel}=${hex(a)}${b === 0 ? ', stale: OBF was 0' : ''}`], ...(down === undefined ? [] : [[LINE, `IRQ${down.a} down`] as const]),
          ], { ...place, odd: b === 0 }));
          break;
        }
        case 'host.str.read':
          rows.push(...kcsStatusRows(scene, index, event, this.str));
          break;
        case 'lpc.abort':
          rows.push(abortRow(act, event));
          break;
      }
    }
    for (const message of messages) if (message.last === index && message.to >= 0) rows.push(cell(act.at, HOST, `host: ${this.endingText(message)}`, { style: 'message', ...place }));
    return rows;
  }

  override runRow(scene: Scene, run: HandlerRun): Row {
    return kcsRunRow(scene, this.conversation, run, this.str);
  }

  override effects(act: Act, every: boolean): readonly Effect[] {
    const effects = kcsEffects(this.recording, act, every, this.str);
    if (!this.mctp) return effects;
    return effects.map(({ column, text }) => ({ column, text: text.replace(/^(ODR\d:=)([0-9A-F]{2})h/, (_all, head: string, byte: string) => `${head}${byte}h ${byteText(parseInt(byte, 16), true)}`) }));
  }

  override phaseText(phase: string): string {
    return `now ${phase}`;
  }

  override isLast(): boolean {
    return false;
  }

  override foldText(exchanges: readonly Exchange[]): string {
    const [{ message }] = exchanges;
    return `${exchanges.length} byte${exchanges.length === 1 ? '' : 's'} of request ${message.number}, ${this.commandOf(message)}`;
  }

  override hops(messages: readonly Message[]): readonly Hop[] {
    const answered = messages.filter(({ to }) => to >= 0);
    return [...kcsByteHops(this.recording), { name: this.mctp ? 'Tx Begin -> host reads Tx Begin of the answer' : 'byte written -> answer read', per: 'request', all: answered.map(({ from, to }) => to - from) }];
  }

  /** A stretch of time goes to whoever ends it by the next act: as far as its step took, the rest is waiting. */
  override budgets(): readonly Budget[] {
    if (!this.mctp) return [];
    return this.conversation.messages.filter(({ to }) => to >= 0).map((message) => {
      const shares = new Map<string, Ps>();
      const add = (name: string, time: Ps): void => {
        if (time > 0) shares.set(name, (shares.get(name) ?? 0) + time);
      };
      let last = message.from;
      for (let i = message.first + 1; i <= message.last; i++) {
        const act = this.recording.acts[i];
        const begun = Math.min(act.at, Math.max(last, act.step?.issuedAt ?? last));
        add(sideOf(this.recording, act.actor) === 'host' ? 'host: waits' : 'BMC: interrupt latency, wake-ups, thinking', begun - last);
        add(this.shareOf(act), act.at - begun);
        last = act.at;
      }
      return { message, total: message.to - message.from, shares: [...shares].map(([name, time]) => ({ name, time })) };
    });
  }

  private shareOf({ actor, step }: Act): string {
    if (actor < 0) return 'hardware: SerIRQ';
    const label = step === null ? '' : this.recording.ops.label(step.op);
    switch (sideOf(this.recording, actor)) {
      case 'irq':
        return 'BMC: interrupts and timers';
      case 'task':
        return label.includes('window ') ? 'BMC: window' : label.startsWith('kcs_') || label.startsWith('aspeed_') ? 'BMC: driver' : 'BMC: daemon and system calls';
      default:
        return label.includes('LPC firmware') ? 'host: firmware cycles' : 'host: STATUS, IDR and ODR';
    }
  }

  /** The dummy value means: look at STR. */
  override keeps(row: Row): boolean {
    return row.cells[HOST].startsWith('reads ') && !row.cells[HOST].endsWith(byteText(AstlpcCommand.DUMMY, true));
  }
}
