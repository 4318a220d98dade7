import { BtMedium } from './bt/medium.ts';
import { BT_I2C_EVENT, BtI2cMedium } from './bt-i2c/medium.ts';
import { KcsMedium } from './kcs/medium.ts';
import { RawMedium, isRaw } from './raw/medium.ts';
import { SsifMedium } from './ssif/medium.ts';
import type { Hop } from './hops.ts';
import type { Conversation, Message, Place } from './messages.ts';
import { nameOf, type Act, type Recording, type StepEntry } from './recording.ts';
import type { Row } from './rows.ts';
import type { Rules } from './rules.ts';
import type { HandlerRun } from './runs.ts';
import type { Scene } from './scene.ts';
import type { Decision, Ps } from '../sim/index.ts';

/** What a step of the BMC does to the interface, for all to see. */
export interface Effect {
  readonly column: number;
  readonly text: string;
}

/** Rows of one exchange, as folding sees them. */
export interface Exchange extends Place {
  readonly rows: readonly Row[];
}

/** How an interface calls what can become of messages. */
export interface Words {
  /** What belongs to no message, `write outside of any transfer`, and where that is: `outside of any transfer`. */
  readonly stray: string;
  /** Of several, behind their number: `writes outside of any transfer`. */
  readonly strays: string;
  readonly strayWhere: string;
  /** In a summary of several messages. */
  readonly endings: Readonly<Record<Message['ending'], string>>;
  /** Of one message, in the transcript. */
  readonly end: Readonly<Record<Message['ending'], string>>;
}

/** What the host did after a decision of its own, as the wire shows it. */
export interface Consequence {
  /** The message that it gave up. */
  readonly message: Message;
  readonly text: string;
  /** Why it may do that. */
  readonly allowed: string;
}

/** Where the time of one request went. */
export interface Budget {
  readonly message: Message;
  /** From its first byte to the last of its response. */
  readonly total: Ps;
  /** What adds up to that. */
  readonly shares: readonly { readonly name: string; readonly time: Ps }[];
}

/** Whose fault it is, as a recording shows it. */
export interface Verdict {
  /** The drivers that have broken their contract, the first to do so first; none: nobody has. */
  readonly blame: readonly string[];
  /** What they have done, a sentence each. */
  readonly reasons: readonly string[];
}

/**
 * The interface over which host and BMC talk, of one recording: all that a report has to know of it. What is
 * common to all interfaces (stalls, decisions, calls, passes of handlers, folding, layout) is elsewhere.
 */
export interface Medium {
  /** What they said, and where each act belongs. */
  readonly conversation: Conversation;
  /** Heads of the columns, by column; empty: there is no such column. */
  readonly heads: readonly string[];
  /** How the space is shared out among the columns. */
  readonly shares: readonly number[];
  readonly words: Words;
  /** Rules that are others here, or have another source, by `oracle/rule` or oracle. */
  readonly rules: Rules;
  /** How a message has ended, in words; empty if it has not. */
  endingText(message: Message): string;
  /** Finds where a move of the host bites; undefined: the decision itself says more. */
  consequence(decision: Decision, at: Ps): Consequence | undefined;
  /** Whether an act touches the interface in a way that another access could disturb. */
  accesses(act: Act): boolean;
  /** The message in what a daemon reads or writes. */
  payload(bytes: readonly number[]): readonly number[];
  /** The rows of one act of the host. */
  hostRows(scene: Scene, index: number): Row[];
  /** The rows of what hardware does on its own. */
  hardwareRows(scene: Scene, index: number): Row[];
  /** A pass of the handler that nobody disturbed, as one row. */
  runRow(scene: Scene, run: HandlerRun): Row;
  /** What is to be said of a pass of which every step is shown: `IRQ_NONE`, how late it came. */
  remarks(run: HandlerRun): readonly string[];
  /** What an act of the BMC does to the interface; `every`: reads as well. */
  effects(act: Act, every: boolean): readonly Effect[];
  /** A step by name, `plain` being the name that its site has. */
  stepText(step: StepEntry, plain: string): string;
  /** `phase:=WRITE_DONE`. */
  phaseText(phase: string): string;
  /** A row in which the host moves: an undisturbed exchange has one. */
  isMove(row: Row): boolean;
  /** What of an exchange of an unfinished message is kept, beside moves, passes and messages. */
  keeps(row: Row): boolean;
  /** The exchange ends something: the next one begins another row. */
  isLast(place: Place): boolean;
  /** What is kept of such an exchange when all before it is folded. */
  keepsOfLast(place: Place, row: Row): boolean;
  /** Stands for exchanges of one message that nobody disturbed. */
  foldText(exchanges: readonly Exchange[], handler: string): string;
  /** Drops rows that say nothing new. */
  minors(rows: readonly Row[]): Row[];
  /** Two rows of one doer, with nothing between them, as one; undefined, or not there: they stay two. */
  join?(one: Row, other: Row): Row | undefined;
  /** Every leg of the way between the two sides. */
  hops(messages: readonly Message[]): readonly Hop[];
  /** Where the time of each request went; empty: that is not told of this interface. */
  budgets(): readonly Budget[];
  /** What was said, line by line, where it is not IPMI; undefined: requests and their answers tell it. */
  log?(): readonly string[];
  /** What a message asks, where it is not IPMI. */
  commandOf?(message: Message): string;
  /** Whose fault it is, where the BMC has several drivers; undefined: there is one. */
  verdict(): Verdict | undefined;
}

/** Events by which the host of a recording shows which interface it drives. */
const FIRST = { 'host.idr.write': KcsMedium, 'host.bt.ctrl.read': BtMedium, 'host.bt.ctrl.write': BtMedium, 'i2c.start': SsifMedium } as const;

/** The interface that the host of a recording drives first. */
export function mediumOf(recording: Recording): Medium {
  if (isRaw(recording)) return new RawMedium(recording);
  if (recording.kinds.some(({ name }) => name === BT_I2C_EVENT)) return new BtI2cMedium(recording);
  for (const { events } of recording.acts) {
    for (const event of events) {
      const name = nameOf(recording, event);
      if (name in FIRST) return new FIRST[name as keyof typeof FIRST](recording);
    }
  }
  return recording.kinds.some(({ name }) => name === 'i2c.start') ? new SsifMedium(recording) : new KcsMedium(recording);
}

/** What host and BMC said to each other. */
export function converse(recording: Recording): Conversation {
  return mediumOf(recording).conversation;
}
