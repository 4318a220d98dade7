import type { Decision, Violation } from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import { signatureOf } from '../cause.ts';
import { explains, type Traits } from '../known.ts';
import { normalise } from '../schedule.ts';
import { SLICE } from '../slice.ts';
import type { Strategy } from '../strategy.ts';
import { NONE, isProposed, ruleName, type Class, type Tally } from './tally.ts';
import type { Candidate, Knowledge, SliceResult, SliceTask } from './tasks.ts';

/** Occurrences of one signature: before the epoch, in this slice, and in it since the last candidate. */
interface Count {
  readonly before: Tally;
  readonly here: { explained: number; unexplained: number };
  readonly since: { explained: number; unexplained: number };
}

/**
 * Runs one slice of a hunt, by so many executions at a time. What comes of it depends on the system, the strategy with
 * its seed, the slice, and what was known when its epoch began: on nothing else, and not on how it is cut into portions.
 */
export class SliceRunner {
  readonly task: SliceTask;
  executions = 0;
  done = false;
  private readonly system: System;
  private readonly source: Strategy;
  private readonly causes: ReadonlyMap<string, readonly Traits[]>;
  private readonly tallies: ReadonlyMap<string, Tally>;
  private readonly counts = new Map<string, Count>();
  private readonly made = new Map<string, number>();
  private readonly candidates: Candidate[] = [];
  private violating = 0;
  private exhausted = false;

  constructor(system: System, source: Strategy, knowledge: Knowledge, task: SliceTask) {
    this.system = system;
    this.source = source;
    this.task = task;
    this.causes = new Map(knowledge.causes);
    this.tallies = new Map(knowledge.tallies);
    source.learning?.recall(knowledge.memory);
    source.enter(task.slice);
  }

  /** Makes up to `n` executions; returns how many it were. */
  advance(n: number): number {
    const { task, source, system } = this;
    const before = this.executions;
    while (!this.done && this.executions - before < n) {
      const execution = task.slice.index * SLICE + this.executions;
      const chooser = source.begin(execution);
      if (chooser === null) {
        this.exhausted = this.done = true;
        break;
      }
      const outcome = system.execute(chooser);
      source.end(outcome);
      this.executions++;
      const by = source.by ?? source.name;
      this.made.set(by, (this.made.get(by) ?? 0) + 1);
      if (outcome.violations.length > 0) this.collect(outcome, execution, by);
      if (this.executions >= task.size) this.done = true;
    }
    return this.executions - before;
  }

  /** What has come of it so far. */
  get result(): SliceResult {
    const { task, executions, violating, candidates, exhausted, source } = this;
    return {
      index: task.slice.index, executions, violating, exhausted,
      made: [...this.made], candidates,
      rest: [...this.counts].filter(([, { since }]) => since.explained + since.unexplained > 0).map(([signature, { since }]) => [signature, { ...since }]),
      lessons: source.learning?.lessons() ?? null,
    };
  }

  /** Which violations of one execution may deserve shrinking: not all of those seen a thousand times. */
  private collect(outcome: Outcome, execution: number, by: string): void {
    this.violating++;
    let decisions: Decision[] | null = null;
    for (const violation of outcome.violations) {
      const signature = signatureOf(violation);
      const explained = explains(this.causes.get(ruleName(violation)), outcome.taken);
      const times = this.count(signature, explained ? 'explained' : 'unexplained');
      if (times === 0) continue;
      decisions ??= normalise(outcome.taken);
      this.candidates.push({ signature, decisions, violation: { ...violation } satisfies Violation, execution, by, explained, times });
      if (!this.task.stopAtFirst) continue;
      this.done = true;
      return;
    }
  }

  /**
   * Counts an occurrence. 0: it is not looked at; otherwise for how many it stands. The first of a slice always is: how
   * many there were in the slices before, whoever puts them together will know.
   */
  private count(signature: string, of: Class): number {
    let count = this.counts.get(signature);
    if (count === undefined) {
      count = { before: this.tallies.get(signature) ?? NONE, here: { ...NONE }, since: { ...NONE } };
      this.counts.set(signature, count);
    }
    const here = ++count.here[of];
    const since = ++count.since[of];
    if (here !== 1 && !isProposed(count.before[of] + here)) return 0;
    count.since[of] = 0;
    return since;
  }
}
