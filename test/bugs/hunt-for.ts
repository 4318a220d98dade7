import { Hunter, SLICE, TaskRunner, type HunterOptions, type ShrinkTask, type Subject } from '../../src/explore/index.ts';
import type { System } from '../../src/scenarios/index.ts';

/**
 * A hunt of which only some rules are of interest: of a breach of any other the schedule is kept as it is. Each rule is a
 * matter of its own, so this changes nothing about those that are of interest, and takes a fraction of the time.
 *
 * `look` is called whenever findings may have changed; true ends the hunt.
 */
export function huntFor(
  system: System, subject: Subject, options: HunterOptions & { readonly strategy: string; readonly seed: number },
  isOfInterest: (target: ShrinkTask['target']) => boolean, look: (hunter: Hunter) => boolean = () => false,
): Hunter {
  const hunter = new Hunter(system, subject, options);
  const runner = new TaskRunner(system, options.strategy, options.seed);
  for (let task = hunter.task(); task !== null; task = hunter.task()) {
    runner.know(hunter.knowledge);
    runner.begin(task);
    if (task.kind === 'shrink' && !isOfInterest(task.target)) runner.advance(1);
    else while (!runner.done) runner.advance(SLICE);
    hunter.take(task, runner.result!);
    if (task.kind === 'shrink' && look(hunter)) break;
  }
  return hunter;
}
