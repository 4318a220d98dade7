import type { Decision, Ps } from '../../sim/index.ts';
import { serirqRows } from '../handler-text.ts';
import type { Hop } from '../hops.ts';
import type { Consequence, Effect, Exchange, Medium, Words } from '../medium.ts';
import type { Message, Place } from '../messages.ts';
import { PlainMedium } from '../plain-medium.ts';
import type { Act, Recording } from '../recording.ts';
import { HOST, IRQ, WIRE, type Row } from '../rows.ts';
import type { Rules } from '../rules.ts';
import type { HandlerRun } from '../runs.ts';
import type { Scene } from '../scene.ts';
import { joinEffects } from '../tidy.ts';
import { kcsConsequence } from './consequence.ts';
import { converseKcs, type KcsConversation } from './conversation.ts';
import { isLastByte, kcsFoldText, kcsMinors } from './fold.ts';
import { kcsHops } from './hops.ts';
import { kcsEndingText, kcsHostRows } from './host-rows.ts';
import { accessesChannel, kcsEffects, kcsPhaseText, kcsRunRow } from './irq-rows.ts';

/** KCS: host and BMC talk over registers on the LPC bus, a byte at a time (IPMI 2.0 chapter 9). */
export class KcsMedium extends PlainMedium implements Medium {
  readonly conversation: KcsConversation;
  readonly heads: readonly string[] = ['host CPU', 'LPC / KCS registers', 'SerIRQ', 'BMC interrupt', 'BMC tasks'];
  readonly shares = [18, 23, 8, 25, 21];
  readonly words: Words = {
    stray: 'write outside of any transfer',
    strays: 'writes outside of any transfer',
    strayWhere: 'outside of any transfer',
    endings: {
      answered: 'answered', refused: 'refused by ERROR_STATE', restarted: 'given up by WRITE_START', aborted: 'given up', open: 'without an end',
    },
    end: {
      open: 'open', restarted: 'given up for the next request', aborted: 'given up', refused: 'refused by ERROR_STATE', answered: 'answered',
    },
  };
  /** The general ones speak of KCS. */
  readonly rules: Rules = {};

  constructor(recording: Recording) {
    super(recording);
    this.conversation = converseKcs(recording);
  }

  endingText(message: Message): string {
    return kcsEndingText(message);
  }

  override consequence(decision: Decision, at: Ps): Consequence | undefined {
    return kcsConsequence(decision, at, this.conversation.messages);
  }

  accesses(act: Act): boolean {
    return accessesChannel(this.recording, act);
  }

  hostRows(scene: Scene, index: number): Row[] {
    return kcsHostRows(scene, index);
  }

  hardwareRows(scene: Scene, index: number): Row[] {
    return serirqRows(scene, index);
  }

  runRow(scene: Scene, run: HandlerRun): Row {
    return kcsRunRow(scene, this.conversation, run);
  }

  effects(act: Act, every: boolean): readonly Effect[] {
    return kcsEffects(this.recording, act, every);
  }

  override phaseText(phase: string): string {
    return kcsPhaseText(phase);
  }

  override isMove(row: Row): boolean {
    return row.cells[HOST].startsWith('writes ');
  }

  override keeps(row: Row): boolean {
    return row.cells[HOST] === 'reads ODR';
  }

  override isLast(place: Place): boolean {
    return isLastByte(place);
  }

  override keepsOfLast(_place: Place, row: Row): boolean {
    return row.cells[IRQ] !== '';
  }

  foldText(exchanges: readonly Exchange[], handler: string): string {
    return kcsFoldText(exchanges, handler);
  }

  override minors(rows: readonly Row[]): Row[] {
    return kcsMinors(rows);
  }

  join(one: Row, other: Row): Row | undefined {
    return one.cells[HOST] === '' ? joinEffects(one, other, `${one.cells[WIRE]}, ${other.cells[WIRE]}`) : undefined;
  }

  hops(messages: readonly Message[]): readonly Hop[] {
    return kcsHops(this.recording, messages);
  }
}
