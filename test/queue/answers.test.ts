import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hunter, SLICE, TaskRunner, createStrategy, sliceAt, type HuntTask, type HuntTaskResult, type Knowledge, type SliceResult } from '../../src/explore/index.ts';
import { digest, parseAddress, parseKnowledge, parseResult, postJob, readJob, serializeKnowledge, serializeResult, Trial, type QueueJob } from '../../src/queue/index.ts';
import { UsageError } from '../../src/scenarios/index.ts';
import { harm, harmed, readOrRefused, type Harm } from '../campaign/hostile.ts';
import { SUBJECT, threeCauses } from '../explore/toys.ts';

/** A task, what is known before it, and what came of it. */
interface Done {
  readonly job: QueueJob;
  readonly knowledge: Knowledge;
  readonly result: HuntTaskResult;
}

/** All tasks of the first executions of a hunt, done by somebody else. */
function hunted(strategy: string, executions: number): readonly Done[] {
  const hunter = new Hunter(threeCauses(), SUBJECT, { strategy, keepGoing: true, maxExecutions: executions });
  const runner = new TaskRunner(threeCauses(), strategy, 1);
  const done: Done[] = [];
  for (let task = hunter.task(); task !== null; task = hunter.task()) {
    const { knowledge } = hunter;
    const result = run(runner, knowledge, task);
    hunter.take(task, result);
    done.push({ job: jobOf(strategy, knowledge, task), knowledge, result });
  }
  return done;
}

function run(runner: TaskRunner, knowledge: Knowledge, task: HuntTask): HuntTaskResult {
  runner.know(knowledge);
  runner.begin(task);
  while (!runner.done) runner.advance(64);
  return runner.result!;
}

function jobOf(strategy: string, knowledge: Knowledge, task: HuntTask): QueueJob {
  const subject = { scenario: 'toy', driver: 'toy@v1', settings: {}, model: { toy: 1 } };
  return { subject, strategy, seed: 1, knowledge: task.kind === 'slice' ? digest(serializeKnowledge(knowledge)) : null, task };
}

const STRATEGIES = ['portfolio', 'random', 'stall', 'pct', 'pos', 'surw', 'greybox', 'walk'] as const;
const ALL = STRATEGIES.map((strategy) => [strategy, hunted(strategy, 5 * SLICE)] as const);

describe('what goes through the queue', () => {
  it.each(ALL)('comes out as it went in: %s', (strategy, done) => {
    const trial = new Trial(threeCauses());
    expect(done.filter(({ job }) => job.task.kind === 'slice')).toHaveLength(5);
    for (const { job, knowledge, result } of done) {
      const { id, data } = postJob(job);
      const received = readJob(JSON.parse(JSON.stringify(data)), 'job');
      expect(received).toEqual(job);
      expect(postJob(received).id).toBe(id);
      expect(parseKnowledge(serializeKnowledge(knowledge), strategy, 'knowledge')).toEqual(knowledge);
      const answer = parseResult(serializeResult(result), job, knowledge, 'result');
      expect(answer).toEqual(JSON.parse(JSON.stringify(result)));
      trial.check(job.task, answer, 'result');
    }
  });

  it('jobs are told apart by all that they come to', () => {
    const [, done] = ALL[0];
    expect(new Set(done.map(({ job }) => postJob(job).id)).size).toBe(new Set(done.map(({ job }) => JSON.stringify(job))).size);
    const { job } = done[0];
    for (const other of [{ ...job, seed: 2 }, { ...job, strategy: 'random' }, { ...job, knowledge: digest('') }, { ...job, subject: { ...job.subject, model: { toy: 2 } } }]) {
      expect(postJob(other).id).not.toBe(postJob(job).id);
    }
  });
});

const [, PORTFOLIO] = ALL[0];
/** What the hostile tests begin with: slices that are small, of which one knows much, and a candidate that was shrunk. */
const FIRST = hunted('portfolio', 12)[0];
const LATER = hunted('portfolio', SLICE + 12).findLast(({ job }) => job.task.kind === 'slice')!;
const SAMPLES = [FIRST, LATER, PORTFOLIO.find(({ job }) => job.task.kind === 'shrink')!];

/** What is known after a few executions, as a text. */
const KNOWLEDGE = serializeKnowledge({
  ...LATER.knowledge, memory: createStrategy('portfolio', threeCauses(), 1).learning!.merge(null, [(FIRST.result as SliceResult).lessons]),
});

/** The text, spoilt in up to three places. */
function spoilt(text: string, harms: readonly Harm[]): string {
  return harms.reduce((now, how) => {
    try {
      return harmed(now, how);
    } catch {
      // It is no JSON any more.
      return now;
    }
  }, text);
}

const harms = fc.array(harm, { minLength: 1, maxLength: 3 });

describe('hostile answers', () => {
  it('a result is refused in one line, or is one with which the hunt goes on and says nothing that is not so', () => {
    const trial = new Trial(threeCauses());
    const { learning } = createStrategy('portfolio', threeCauses(), 1);
    let kept = 0;
    fc.assert(fc.property(fc.constantFrom(...SAMPLES), harms, ({ job, knowledge, result }, how) => {
      const text = spoilt(serializeResult(result), how);
      const answer = readOrRefused(() => {
        const read = parseResult(text, job, knowledge, 'result');
        trial.check(job.task, read, 'result');
        return read;
      }, 'result');
      expect(Object.keys(Object.prototype)).toEqual([]);
      if (answer === undefined || 'number' in answer) return;
      kept++;
      if (knowledge.memory !== null) return;
      // Whatever it has taught can be built on, by all who are told.
      const next = learning!.merge(null, [answer.lessons, answer.lessons]);
      expect(parseKnowledge(serializeKnowledge({ ...knowledge, memory: next }), 'portfolio', 'knowledge').memory).toEqual(JSON.parse(JSON.stringify(next)));
    }), { numRuns: 2000 });
    expect(kept).toBeGreaterThan(0);
  });

  it('what a portfolio has earned and spent is what a slice can come to, and no more', () => {
    const { job, knowledge, result } = FIRST;
    const answered = (what: 'earned' | 'spent', amount: number): Knowledge => {
      const text = serializeResult(result).replace(new RegExp(`"${what}":[0-9.]+`), `"${what}":${amount}`);
      const { lessons } = parseResult(text, job, knowledge, 'result') as SliceResult;
      const memory = createStrategy('portfolio', threeCauses(), 1).learning!.merge(null, Array.from({ length: 8 }, () => lessons));
      return parseKnowledge(serializeKnowledge({ ...knowledge, memory }), 'portfolio', 'knowledge');
    };
    for (const what of ['earned', 'spent'] as const) {
      // Every run of a slice goes on to the limit of the steps.
      answered(what, SLICE * 250_000);
      for (const amount of [Number.MAX_SAFE_INTEGER, 2 ** 31]) expect(() => answered(what, amount)).toThrow(UsageError);
    }
  });

  it('a job, and what its slice starts from, are refused in one line or are one', () => {
    fc.assert(fc.property(fc.constantFrom(...SAMPLES), harms, ({ job }, how) => {
      const text = spoilt(JSON.stringify(postJob(job).data), how);
      let data: unknown;
      try {
        data = JSON.parse(text);
      } catch {
        return; // BullMQ has read it before.
      }
      const read = readOrRefused(() => readJob(data, 'job'), 'job');
      if (read !== undefined) expect(readJob(JSON.parse(JSON.stringify(postJob(read).data)), 'job')).toEqual(read);
    }), { numRuns: 2000 });
    fc.assert(fc.property(harms, (how) => {
      readOrRefused(() => parseKnowledge(spoilt(KNOWLEDGE, how), 'portfolio', 'knowledge'), 'knowledge');
    }), { numRuns: 1000 });
  });

  it('a finding that does not replay is refused, whatever about it is not so', () => {
    const { job, knowledge, result } = PORTFOLIO.find(({ job: { task }, result: { executions } }) => task.kind === 'shrink' && executions > 1)!;
    const slice = PORTFOLIO.find((done) => 'index' in done.result && done.result.candidates.length > 0)!;
    const trial = new Trial(threeCauses());
    const judge = (done: Pick<Done, 'job' | 'knowledge'>, answer: unknown): void => {
      trial.check(done.job.task, parseResult(JSON.stringify({ format: 'inband-result/2', result: answer }), done.job, done.knowledge, 'result'), 'result');
    };
    judge({ job, knowledge }, result);
    const shrunk = result as Extract<HuntTaskResult, { number: number }>;
    for (const lie of [
      { hash: shrunk.hash ^ 1 }, { decisions: [] }, { violation: { ...shrunk.violation!, message: 'all is lost' } }, { violation: { ...shrunk.violation!, rule: 'another' } },
      { violation: { ...shrunk.violation!, at: shrunk.violation!.at + 1 } }, { violation: undefined },
      // A way that breaks no rule would hide whatever it looks like.
      { ways: [[]] }, { decisions: [...shrunk.decisions, { step: 4000, kind: 'stall', actor: 'nobody', label: 'nowhere', value: 'quiet' }] },
    ]) expect(() => judge({ job, knowledge }, { ...shrunk, ...lie })).toThrow(UsageError);
    const honest = slice.result as SliceResult;
    judge(slice, honest);
    const [candidate] = honest.candidates;
    for (const lie of [
      { ...candidate, decisions: [] }, { ...candidate, violation: { ...candidate.violation, message: 'all is lost' } }, { ...candidate, by: 'me' }, { ...candidate, signature: 'a\nb\nc' },
      { ...candidate, execution: candidate.execution + SLICE }, { ...candidate, times: 0 },
    ]) expect(() => judge(slice, { ...honest, candidates: [lie, ...honest.candidates.slice(1)] })).toThrow(UsageError);
    for (const lie of [
      { index: 1 }, { executions: 255 }, { executions: 257 }, { made: [['portfolio', SLICE]] }, { made: [['random', 1]] }, { violating: 257 }, { violating: 0 }, { lessons: null }, { rest: [['a\nb\nc', { explained: 1, unexplained: 0 }]] },
    ]) expect(() => judge(slice, { ...honest, ...lie })).toThrow(UsageError);
  });

  it('a slice of a portfolio is a member\'s or another\'s, never one that was not asked for', () => {
    const { job, knowledge, result } = PORTFOLIO[0];
    const other = { ...job, task: { kind: 'slice', slice: sliceAt(1), size: SLICE, stopAtFirst: false } } as const;
    expect(() => parseResult(serializeResult(result), other, knowledge, 'result')).toThrow('result: result.index: expected 1, the slice that was asked for');
  });
});

describe('the address of a queue', () => {
  it('says where, as whom, and whether in secret', () => {
    expect(parseAddress('redis://localhost')).toEqual({ host: 'localhost', port: 6379, db: 0, shown: 'redis://localhost:6379' });
    expect(parseAddress('rediss://me:p%40ss%2Fword@[::1]:7000/3')).toEqual({
      host: '::1', port: 7000, db: 3, username: 'me', password: 'p@ss/word', tls: { servername: '::1' }, shown: 'rediss://me@[::1]:7000/3',
    });
    expect(parseAddress('redis://:secret@host/')).toMatchObject({ password: 'secret', db: 0 });
  });

  it('is one, or is refused in one line that has no password in it', () => {
    for (const text of ['', 'localhost', 'http://host', 'redis://', 'redis://host/x', 'redis://host:99999', 'redis://host?db=secret', 'redis://u:sec%ret@host', 'redis://host/0/secret', 'redis:secret']) {
      expect(() => parseAddress(text)).toThrow(UsageError);
    }
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((rest) => `redis://user:secret${rest}`)), (text) => {
      try {
        expect(parseAddress(text).shown).not.toContain('secret');
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        expect(error.message).not.toContain('secret');
      }
    }));
  });
});
