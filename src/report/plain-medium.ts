import { remarksOf } from './handler-text.ts';
import type { Budget, Consequence, Medium, Verdict } from './medium.ts';
import type { Place } from './messages.ts';
import type { Recording, StepEntry } from './recording.ts';
import type { Row } from './rows.ts';
import type { HandlerRun } from './runs.ts';
import type { Decision, Ps } from '../sim/index.ts';

/** What {@link PlainMedium} answers. */
type Plain = 'consequence' | 'payload' | 'remarks' | 'stepText' | 'phaseText' | 'isMove' | 'keeps' | 'isLast' | 'keepsOfLast' | 'minors' | 'budgets' | 'verdict';

/** What there is to say of an interface whose device carries bare messages, whose exchanges are never folded, and of which no more is told. */
export abstract class PlainMedium implements Pick<Medium, Plain> {
  protected readonly recording: Recording;

  constructor(recording: Recording) {
    this.recording = recording;
  }

  /** The scenario says what its moves are. */
  consequence(_decision: Decision, _at: Ps): Consequence | undefined {
    return undefined;
  }

  payload(bytes: readonly number[]): readonly number[] {
    return bytes;
  }

  remarks(run: HandlerRun): readonly string[] {
    return remarksOf(run, 0);
  }

  stepText(_step: StepEntry, plain: string): string {
    return plain;
  }

  phaseText(phase: string): string {
    return phase;
  }

  isMove(_row: Row): boolean {
    return false;
  }

  keeps(_row: Row): boolean {
    return false;
  }

  isLast(_place: Place): boolean {
    return false;
  }

  keepsOfLast(_place: Place, _row: Row): boolean {
    return false;
  }

  minors(rows: readonly Row[]): Row[] {
    return [...rows];
  }

  budgets(): readonly Budget[] {
    return [];
  }

  verdict(): Verdict | undefined {
    return undefined;
  }
}
