import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Folder, type HuntConfig } from '../../src/campaign/index.ts';
import { Hunter, TaskRunner, type HuntTask, type HuntTaskResult, type Knowledge } from '../../src/explore/index.ts';
import { QueueWorkers, postJob, serializeResult, type QueueJob, type SliceQueue, type Standing } from '../../src/queue/index.ts';
import { folders, tree } from '../campaign/disks.ts';
import { SUBJECT, threeCauses } from '../explore/toys.ts';

const folder = folders();
const CONFIG: HuntConfig = { name: 'toy', scenario: 'toy', driver: 'toy@v1', settings: {}, model: { toy: 1 }, strategy: 'portfolio', seed: 1, limit: { executions: 300 } };

/** A queue in this process: `answer` says how a job stands, the how manyth time it is asked for. */
class ToyQueue implements SliceQueue {
  readonly posts = new Map<string, { readonly job: QueueJob; readonly knowledge: string | null; times: number }>();
  /** Jobs that are in it, and the most there were at a time. */
  private readonly open = new Set<string>();
  private readonly answer: (job: QueueJob, times: number) => Standing;

  constructor(answer: (job: QueueJob, times: number) => Standing) {
    this.answer = answer;
  }

  get left(): number {
    return this.open.size;
  }

  async post(job: QueueJob, knowledge: string | null): Promise<string> {
    const { id } = postJob(job);
    const known = this.posts.get(id) ?? { job, knowledge, times: 0 };
    if (!this.open.has(id)) known.times++;
    this.posts.set(id, known);
    this.open.add(id);
    return id;
  }

  async look(id: string): Promise<Standing> {
    const { job, times } = this.posts.get(id)!;
    return this.answer(job, times);
  }

  async withdraw(id: string): Promise<void> {
    this.open.delete(id);
  }

  async tend(): Promise<string | undefined> {
    return undefined;
  }
}

/** What an honest worker hands in. It knows what the hunter knows. */
function honest(knowledge: () => Knowledge): (job: QueueJob) => HuntTaskResult {
  const runner = new TaskRunner(threeCauses(), 'portfolio', 1);
  return ({ task }) => {
    runner.know(knowledge());
    runner.begin(task);
    while (!runner.done) runner.advance(64);
    return runner.result!;
  };
}

interface Ran {
  readonly hunter: Hunter;
  readonly notes: string[];
  readonly queue: ToyQueue;
  readonly files: Record<string, string>;
}

/** A hunt whose tasks are all done by a queue in which `spoil` says what becomes of an honest result. */
async function hunt(spoil: (text: () => string, job: QueueJob, times: number) => Standing): Promise<Ran> {
  const hunter = new Hunter(threeCauses(), SUBJECT, { keepGoing: true, maxExecutions: 300 });
  const work = honest(() => hunter.knowledge);
  const queue = new ToyQueue((job, times) => spoil(() => serializeResult(work(job)), job, times));
  const path = folder();
  const place = new Folder(path);
  place.make();
  const notes: string[] = [];
  const workers = new QueueWorkers({ queue, folder: place, note: (text) => void notes.push(text) }, CONFIG, 1, threeCauses);
  for (let task: HuntTask | null = hunter.task(); task !== null; task = hunter.task()) {
    const result = await workers.run(hunter.knowledge, task, () => false);
    hunter.take(task, result!);
  }
  return { hunter, notes, queue, files: tree(path) };
}

const done = (text: string): Standing => ({ kind: 'done', text });

describe('the workers of a queue', () => {
  it('come to what one thread comes to', async () => {
    const alone = new Hunter(threeCauses(), SUBJECT, { keepGoing: true, maxExecutions: 300 });
    while (!alone.done) alone.advance(1000);
    expect(alone.findings.length).toBeGreaterThan(1);
    const { hunter, notes, queue, files } = await hunt((text) => done(text()));
    expect(hunter.state).toEqual(alone.state);
    expect({ notes, left: queue.left, files }).toEqual({ notes: [], left: 0, files: {} });
    expect([...queue.posts.values()].every(({ times }) => times === 1)).toBe(true);

    // Whatever comes first: garbage, lies, nothing.
    const lies: ((text: string) => Standing)[] = [
      () => done('{"format": "inband-result/2"'), () => done('[]'), (text) => done(text.replace('"executions":', '"executions":-')), () => ({ kind: 'lost' }),
      () => ({ kind: 'refused', why: 'is longer than 16 MiB' }), (text) => done(text.replaceAll(/"message":"[^"]*"/g, '"message":"\\u001b[2Jlost"')),
      (text) => done(text.replaceAll(/"rule":"[^"]*"/g, '"rule":"invented"')), (text) => done(text.replace('{"format', '{"__proto__":{"x":1},"format')),
    ];
    const lied = await hunt((text, _job, times) => (times < 3 ? lies[(times + _job.seed + queue.posts.size) % lies.length](text()) : done(text())));
    expect(lied.hunter.state).toEqual(alone.state);
    expect(lied.notes.length).toBeGreaterThan(0);
    for (const note of lied.notes) expect(note).toMatch(/^(slice|shrinking) \d+ of toy: [^\u0000-\u001f]+; it is asked for again$/); // oxlint-disable-line no-control-regex

    // Nothing but lies: then it is done here.
    for (const lie of lies) {
      const nothing = await hunt((text) => {
        const answer = lie(text());
        return answer.kind === 'done' && answer.text === text() ? done('') : answer;
      });
      expect(nothing.hunter.state).toEqual(alone.state);
      expect(nothing.notes.filter((note) => note.endsWith('done here, for 5 results of it were refused'))).toHaveLength(nothing.queue.posts.size);
    }
  });

  it('set aside with its evidence what costs whoever takes it, and go on', async () => {
    const poisoned = (job: QueueJob): boolean => job.task.kind === 'slice' && job.task.slice.index === 1;
    const { hunter, notes, files, queue } = await hunt((text, job) => (poisoned(job) ? { kind: 'failed', reasons: ['Error: \u001b[31mno memory\n    at x', 'again'] } : done(text())));
    expect(hunter.done).toBe(true);
    expect(hunter.executions).toBe(256);
    expect(queue.left).toBe(0);
    const [[name, text], ...others] = Object.entries(files);
    expect({ name, others }).toEqual({ name: 'poisoned/toy-slice-000000001.json', others: [] });
    expect(JSON.parse(text)).toMatchObject({ format: 'inband-poisoned/1', hunt: 'toy', reasons: [['Error: ?[31mno memory', '    at x'], ['again']], job: { task: { slice: { index: 1 } }, seed: 1 } });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^slice 1 of toy was set aside, for it costs whoever takes it: see \S+\/poisoned\/toy-slice-000000001\.json$/);
    expect(readFileSync(notes[0].split('see ')[1], 'utf8')).toBe(text);

    // A candidate that nobody can shrink is kept as it is.
    const unshrunk = await hunt((text, { task }) => (task.kind === 'shrink' ? { kind: 'failed', reasons: ['too long'] } : done(text())));
    expect(unshrunk.hunter.findings.length).toBeGreaterThan(0);
    expect(unshrunk.hunter.executions).toBe(300);
  });

  it('leave off when they are told to, and take back what they have asked for', async () => {
    const hunter = new Hunter(threeCauses(), SUBJECT, { keepGoing: true });
    const queue = new ToyQueue(() => ({ kind: 'waits' }));
    let stop = false;
    const workers = new QueueWorkers({ queue, folder: new Folder(folder()), note: () => {} }, CONFIG, 1, threeCauses);
    const run = workers.run(hunter.knowledge, hunter.task()!, () => stop);
    setTimeout(() => {
      stop = true;
    }, 100);
    expect(await run).toBeNull();
    expect(queue.left).toBe(0);
    // Redis is away: what is never answered is not waited for either.
    const away = new ToyQueue(() => ({ kind: 'waits' }));
    away.look = () => new Promise(() => {});
    expect(await new QueueWorkers({ queue: away, folder: new Folder(folder()), note: () => {} }, CONFIG, 1, threeCauses).run(hunter.knowledge, hunter.task() ?? { kind: 'shrink', number: 0, decisions: [], target: { oracle: 'a', rule: 'b' }, known: [] }, () => true)).toBeNull();
  });
});
