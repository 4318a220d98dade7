import { padded, type Folder } from '../campaign/index.ts';
import { printable, type HuntTask, type HuntTaskResult, type Knowledge, type TaskRunner } from '../explore/index.ts';
import { postJob, type QueueJob } from './job-text.ts';

/** The folder within a campaign's of what nobody could do. */
export const POISONED = 'poisoned';
const FORMAT = 'inband-poisoned/1';

/** What a task is called among people. */
export function nameOf(task: HuntTask, hunt: string): string {
  return task.kind === 'slice' ? `slice ${task.slice.index} of ${hunt}` : `shrinking ${task.number} of ${hunt}`;
}

/** Writes down which task it was, and what became of whoever took it. Returns the path of that file. */
export function writeEvidence(folder: Folder, hunt: string, job: QueueJob, knowledge: string | null, reasons: readonly string[]): string {
  const { id, data } = postJob(job);
  const { task } = job;
  const name = `${POISONED}/${hunt}-${task.kind}-${task.kind === 'slice' ? padded(task.slice.index) : id.slice(0, 16)}.json`;
  const text = `${JSON.stringify({ format: FORMAT, hunt, id, reasons: reasons.map((reason) => reason.split('\n').map(printable)), job: data, knowledge }, null, 2)}\n`;
  folder.write(name, text);
  return folder.at(name);
}

/**
 * What takes the place of a result that nobody could bring: of a slice, that none of its executions was made; of a candidate
 * to be shrunk, itself.
 */
export function instead(runner: TaskRunner, knowledge: Knowledge, task: HuntTask): HuntTaskResult {
  runner.know(knowledge);
  runner.begin(task);
  if (task.kind === 'shrink') runner.advance(1);
  return runner.result!;
}
