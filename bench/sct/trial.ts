import type { Strategy } from '../../src/explore/index.ts';
import type { Program } from './program.ts';

/** Schedules after which a trial gives up, as in the published experiments. */
export const LIMIT = 10_000;

/**
 * The number of the first schedule that shows the bug, from 1; 0 if none of `limit` does. A strategy's first execution
 * is its dry run, from which it learns: it is not counted.
 */
export function trial(program: Program, strategy: Strategy, limit: number = LIMIT): number {
  for (let execution = 0; execution <= limit; execution++) {
    const chooser = strategy.begin(execution);
    if (chooser === null) return 0;
    const outcome = program.execute(chooser);
    strategy.end(outcome);
    if (outcome.violations.length > 0) return Math.max(1, execution);
  }
  return 0;
}
