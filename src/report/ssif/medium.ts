import { remarksOf } from '../handler-text.ts';
import type { Hop } from '../hops.ts';
import type { Budget, Effect, Exchange, Medium, Verdict, Words } from '../medium.ts';
import type { Message, Place } from '../messages.ts';
import { PlainMedium } from '../plain-medium.ts';
import type { Act, Recording, StepEntry } from '../recording.ts';
import { IRQ, WIRE, type Row } from '../rows.ts';
import type { HandlerRun } from '../runs.ts';
import type { Scene } from '../scene.ts';
import { budgetsOf } from './budget.ts';
import { converseSsif, type SsifConversation } from './conversation.ts';
import { completes, isStop, ssifFoldText } from './fold.ts';
import { ssifHops } from './hops.ts';
import { ssifEndingText, ssifHostRows } from './host-rows.ts';
import { lostText, ssifEffects, ssifRunRow } from './irq-rows.ts';
import { accessesBus, passesOf, registerStep, type Pass } from './passes.ts';
import { SSIF_RULES } from './rules.ts';
import { ssifVerdict } from './verdict.ts';

/** SSIF: host and BMC talk in SMBus block transactions on an I2C bus (IPMI 2.0 chapter 12). */
export class SsifMedium extends PlainMedium implements Medium {
  readonly conversation: SsifConversation;
  readonly heads = ['host CPU', 'I2C bus', '', 'BMC interrupt', 'BMC tasks'];
  readonly shares = [20, 22, 0, 40, 20];
  readonly words: Words = {
    stray: 'other transaction',
    strays: 'other transactions',
    strayWhere: 'in no request',
    endings: { answered: 'answered', refused: 'refused by NAK', restarted: 'given up for the next', aborted: 'broken off', open: 'without an end' },
    end: { open: 'open', restarted: 'given up for the next request', aborted: 'broken off', refused: 'refused by NAK', answered: 'answered' },
  };
  readonly rules = SSIF_RULES;
  private readonly passes: ReadonlyMap<number, Pass>;

  constructor(recording: Recording, conversation = converseSsif(recording)) {
    super(recording);
    this.conversation = conversation;
    this.passes = new Map(passesOf(recording).map((pass) => [pass.run.acts[0], pass]));
  }

  endingText(message: Message): string {
    return ssifEndingText(message);
  }

  /** Only the handler's own accesses: what happens on the bus meanwhile waits for its next pass. */
  accesses(act: Act): boolean {
    return accessesBus(this.recording, act);
  }

  /** The device carries a length before each message: four bytes, or one for older daemons. */
  override payload(bytes: readonly number[]): readonly number[] {
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    if (a + b * 0x100 + c * 0x1_0000 + d * 0x100_0000 === bytes.length - 4) return bytes.slice(4);
    return a === bytes.length - 1 ? bytes.slice(1) : bytes;
  }

  hostRows(scene: Scene, index: number): Row[] {
    return ssifHostRows(scene, this.conversation, index);
  }

  /** What other controllers and targets do. */
  hardwareRows(scene: Scene, index: number): Row[] {
    return ssifHostRows(scene, this.conversation, index);
  }

  runRow(scene: Scene, run: HandlerRun): Row {
    return ssifRunRow(scene, this.conversation, run, this.passes.get(run.acts[0]));
  }

  effects(act: Act): readonly Effect[] {
    return ssifEffects(this.recording, this.conversation, act);
  }

  override stepText(step: StepEntry, plain: string): string {
    return registerStep(this.recording, step, plain);
  }

  override phaseText(phase: string): string {
    return `state:=${phase}`;
  }

  override remarks(run: HandlerRun): readonly string[] {
    const lost = this.passes.get(run.acts[0])?.lost ?? [];
    return [...(lost.length === 0 ? [] : [`LOST: ${lost.map(lostText).join(', ')}`]), ...remarksOf(run, this.conversation.usual)];
  }

  /** Every byte and STOP; START goes with its address. */
  override isMove(row: Row): boolean {
    return /(?:ACK|NAK|^STOP)$/.test(row.cells[WIRE]);
  }

  override isLast(place: Place): boolean {
    return isStop(this.conversation, place);
  }

  override keepsOfLast(place: Place, row: Row): boolean {
    return row.cells[IRQ] !== '' && completes(this.conversation, place);
  }

  foldText(exchanges: readonly Exchange[]): string {
    return ssifFoldText(this.conversation, exchanges);
  }

  hops(messages: readonly Message[]): readonly Hop[] {
    return ssifHops(this.recording, this.conversation, messages);
  }

  override budgets(): readonly Budget[] {
    return budgetsOf(this.recording, this.conversation);
  }

  override verdict(): Verdict {
    return ssifVerdict(this.recording);
  }
}
