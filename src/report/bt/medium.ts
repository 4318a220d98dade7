import { serirqRows } from '../handler-text.ts';
import type { Hop } from '../hops.ts';
import type { Budget, Effect, Exchange, Medium, Words } from '../medium.ts';
import type { Conversation, Message } from '../messages.ts';
import { PlainMedium } from '../plain-medium.ts';
import { withoutRows } from '../polls.ts';
import type { Act, Recording } from '../recording.ts';
import { HOST, WIRE, type Row } from '../rows.ts';
import { joinEffects } from '../tidy.ts';
import type { HandlerRun } from '../runs.ts';
import type { Scene } from '../scene.ts';
import { converseBt } from './conversation.ts';
import { btBudgets, btHops } from './hops.ts';
import { btEndingText, btHostRows } from './host-rows.ts';
import { accessesBlock, btEffects, btRunRow } from './irq-rows.ts';
import { BT_RULES } from './rules.ts';

/** What a write of BT_CTRL does: `B_BUSY:=1, CLR_RD_PTR`. */
const CTRL_BITS = /^[A-Z0-9_]+(?::=[01])?(?:, [A-Z0-9_]+(?::=[01])?)*$/;
/** What BT_CTRL is after it. */
const CTRL = /: BT_CTRL=.*$/;

/** Places of length and sequence number in what the device carries (IPMI 11.1). */
const FRAMING: readonly number[] = [0, 2];

/** BT: host and BMC talk in whole messages, which are few rows, through two FIFOs on the LPC bus (IPMI 2.0 chapter 11). */
export class BtMedium extends PlainMedium implements Medium {
  readonly conversation: Conversation;
  readonly heads = ['host CPU', 'iBT block', 'SerIRQ', 'BMC interrupt', 'BMC tasks'];
  readonly shares = [19, 27, 8, 20, 22];
  readonly words: Words = {
    stray: 'H2B_ATN for no request',
    strays: 'times H2B_ATN for no request',
    strayWhere: 'in no request',
    endings: { answered: 'answered', refused: 'refused', restarted: 'given up for the next', aborted: 'broken off', open: 'without an end' },
    end: { open: 'open', restarted: 'given up for the next request', aborted: 'broken off', refused: 'refused', answered: 'answered' },
  };
  readonly rules = BT_RULES;

  constructor(recording: Recording) {
    super(recording);
    this.conversation = converseBt(recording);
  }

  endingText(message: Message): string {
    return btEndingText(message);
  }

  accesses(act: Act): boolean {
    return accessesBlock(this.recording, act);
  }

  override payload(bytes: readonly number[]): readonly number[] {
    return bytes.filter((_byte, i) => !FRAMING.includes(i));
  }

  hostRows(scene: Scene, index: number): Row[] {
    return btHostRows(scene, index);
  }

  hardwareRows(scene: Scene, index: number): Row[] {
    return serirqRows(scene, index);
  }

  runRow(scene: Scene, run: HandlerRun): Row {
    return btRunRow(scene, run);
  }

  effects(act: Act, every: boolean): readonly Effect[] {
    return btEffects(this.recording, act, every);
  }

  foldText(exchanges: readonly Exchange[]): string {
    return `${exchanges.length} moves of the host`;
  }

  /** Reads that say nothing new, and that of BT_CTRL from which a poll goes on. */
  override minors(rows: readonly Row[]): Row[] {
    const dropped = new Set<Row>();
    let known = '';
    for (const [i, row] of rows.entries()) {
      const ctrl = /BT_CTRL=.*$/.exec(row.cells[WIRE])?.[0] ?? '';
      const polled = rows.slice(i + 1).find(({ cells }) => cells[HOST] !== '')?.cells[HOST].startsWith('polls BT_CTRL') === true;
      if (row.minor === true && (ctrl === '' || ctrl === known || polled)) dropped.add(row);
      else if (ctrl !== '') known = ctrl;
    }
    return withoutRows(rows, dropped, 'BT_CTRL');
  }

  /** What is done to BT_CTRL bit by bit: the register is shown as it is in the end. */
  join(one: Row, other: Row): Row | undefined {
    const [was, is] = [one.cells[WIRE], other.cells[WIRE]];
    if (one.cells[HOST] !== '') {
      const bits = CTRL_BITS.test(one.cells[HOST]) && CTRL_BITS.test(other.cells[HOST]);
      return bits ? { ...other, cells: other.cells.with(HOST, `${one.cells[HOST]}, ${other.cells[HOST]}`) } : undefined;
    }
    return joinEffects(one, other, `${was.replace(CTRL, '')}, ${is}`);
  }

  hops(messages: readonly Message[]): readonly Hop[] {
    return btHops(this.recording, messages);
  }

  override budgets(): readonly Budget[] {
    return btBudgets(this.recording, this.conversation.messages);
  }
}
