import { Hunter, SLICE, TaskRunner, rerun, type HunterOptions, type ShrinkResult, type ShrinkTask, type Subject } from '../../src/explore/index.ts';
import type { System } from '../../src/scenarios/index.ts';

/**
 * A hunt of which only some rules are of interest: a breach of any other passes for one that the nominal run shows, too, of
 * which no more is looked at. Each rule is a matter of its own, so this changes nothing about those that are of interest,
 * and takes a fraction of the time.
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
    if (task.kind === 'shrink' && !isOfInterest(task.target)) {
      hunter.take(task, nothingToShrink(system, task));
      continue;
    }
    runner.know(hunter.knowledge);
    runner.begin(task);
    while (!runner.done) runner.advance(SLICE);
    hunter.take(task, runner.result!);
    if (task.kind === 'shrink' && look(hunter)) break;
  }
  return hunter;
}

function nothingToShrink(system: System, { number, target }: ShrinkTask): ShrinkResult {
  const { hash } = rerun(system, []);
  return { number, executions: 1, decisions: [], hash, ways: [], violation: { ...target, site: '', message: '', step: 0, at: 0 } };
}
