import { makeFinding, type Finding } from '../../src/explore/index.ts';
import type { CampaignHunt, Checks, Epoch, HuntConfig, HuntProgress, SliceResult, SliceRun } from '../../src/campaign/index.ts';
import { UsageError } from '../../src/scenarios/index.ts';
import { hashText } from '../../src/sim/index.ts';
import { SUBJECT } from '../explore/toys.ts';

/** What a toy knows: the epochs so far, and a hash of all that their slices came to, in their order. */
export interface ToyState {
  readonly epoch: number;
  readonly memory: number;
  readonly found: readonly number[];
}

const SLICES = 3;

/** A hunt in which a slice is a hash of what was learnt before it and of its index, and one in three shows something. */
export class ToyHunt implements CampaignHunt<ToyState> {
  readonly config: HuntConfig;
  readonly archives = false;
  readonly epochs: number;
  /** Slices that were run, here. */
  readonly ran: number[] = [];

  constructor(name: string, epochs: number) {
    this.config = { name, scenario: 'toy', driver: 'toy@v1', settings: {}, model: { toy: 1 }, strategy: 'random', seed: 1, limit: {} };
    this.epochs = epochs;
  }

  get checks(): Checks {
    return { made: this.ran.length, same: this.ran.length };
  }

  positionOf({ epoch }: ToyState): number {
    return epoch;
  }

  begin(): ToyState {
    return { epoch: 0, memory: 0, found: [] };
  }

  serialize(state: ToyState): string {
    return JSON.stringify(state);
  }

  parse(text: string, name: string): ToyState {
    try {
      return JSON.parse(text) as ToyState;
    } catch {
      throw new UsageError(`${name}: is no state`);
    }
  }

  epochOf({ epoch }: ToyState): Epoch | null {
    if (epoch >= this.epochs) return null;
    return { hunt: this.config.name, number: epoch, slices: Array.from({ length: SLICES }, (_, i) => epoch * SLICES + i) };
  }

  async run({ memory }: ToyState, _epoch: Epoch, slice: number): Promise<SliceRun> {
    this.ran.push(slice);
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    return { text: `${hashText(`${memory} ${slice}`) >>> 0}`, executions: 256 };
  }

  accepts(_state: ToyState, _epoch: Epoch, { text }: SliceResult): boolean {
    return /^\d{1,10}$/.test(text);
  }

  async merge({ memory, found, epoch }: ToyState, _epoch: Epoch, results: readonly SliceResult[]): Promise<ToyState> {
    const shown = results.map(({ text }) => Number(text)).filter((hash) => hash % 3 === 0);
    return { epoch: epoch + 1, memory: hashText(`${memory} ${results.map(({ text }) => text).join(' ')}`), found: [...found, ...shown] };
  }

  conclude(state: ToyState, epoch: Epoch, results: readonly SliceResult[]): Promise<ToyState> {
    return this.merge(state, epoch, results);
  }

  executionsOf(): number {
    return 256;
  }

  progressOf({ epoch, found }: ToyState): HuntProgress {
    return {
      executions: epoch * SLICES * 256, shrinkExecutions: 0, waiting: 0, coverage: found.length, rare: 0, exhausted: false,
      findings: found.map((n) => this.finding(n)), corpus: found.map((n) => ({ id: `c${n}`, text: () => `${n}` })),
    };
  }

  private finding(n: number): Finding {
    const decisions = [{ step: 0, kind: 'workload', actor: this.config.name, label: `which? ${n} of them`, value: 1 }] as const;
    const violation = { oracle: 'hang', rule: 'toy', site: 'A', message: `shows ${n}`, step: 0, at: 0 };
    return makeFinding(SUBJECT, { seed: 1, strategy: 'random', execution: 0 }, violation, decisions, { nominal: 1, run: n });
  }
}
