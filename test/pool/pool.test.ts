import { describe, expect, it } from 'vitest';
import { Hunter, TaskRunner, serializeFinding, type HunterOptions } from '../../src/explore/index.ts';
import { Alone, Pool, PoolError, type Crew, type Order, type Report, type Thread, type ThreadEvents } from '../../src/pool/index.ts';
import { SUBJECT, threeCauses } from '../explore/toys.ts';

const OPTIONS = { keepGoing: true, maxExecutions: 2200, shrinkBudget: 20, seed: 5 } satisfies HunterOptions;
/** For how long a worker of these tests may keep silent, ms. */
const PATIENCE = 30;

/** What befalls a worker that is given an order; nothing: it does it. */
type Fate = 'dies' | 'fails' | 'hangs' | undefined;

/** Workers in this thread, with systems of their own, whose answers come later. */
function workers(fate: (order: Order & { kind: 'do' }) => Fate, heard?: (order: Order) => void): (events: ThreadEvents) => Thread {
  return (events) => {
    const runner = new TaskRunner(threeCauses(), 'portfolio', OPTIONS.seed);
    let ended = false;
    let busy = false;
    const say = (report: Report): void => {
      setImmediate(() => {
        if (!ended) events.report(structuredClone(report));
      });
    };
    return {
      send(order) {
        heard?.(order);
        if (order.kind === 'know') runner.know(structuredClone(order.knowledge));
        if (order.kind === 'learn') runner.learn(structuredClone(order.taught));
        if (order.kind === 'stop') {
          say({ kind: 'stopped', result: busy ? runner.result : null });
          busy = false;
        }
        if (order.kind !== 'do') return;
        const befalls = fate(order);
        if (befalls === 'dies') setImmediate(() => events.gone('it ended with code 1'));
        else if (befalls === 'fails') say({ kind: 'failed', error: 'Error: out of memory\n    at nowhere' });
        if (befalls !== undefined) return;
        runner.begin(structuredClone(order.task));
        busy = true;
        // In turns, as a thread does, so that a `stop` may find it anywhere.
        const goOn = (): void => {
          if (!busy) return;
          runner.advance(100);
          if (!runner.done) {
            setImmediate(goOn);
            return;
          }
          busy = false;
          say({ kind: 'done', number: order.number, result: runner.result! });
        };
        setImmediate(goOn);
      },
      end() {
        ended = true;
      },
    };
  };
}

async function finish(hunter: Hunter, crew: Crew): Promise<unknown> {
  while (!hunter.done) await crew.advance(5);
  hunter.conclude(await crew.close());
  return outcome(hunter);
}

function outcome({ findings, executions, shrinkExecutions, violating, tally }: Hunter): unknown {
  return { findings: findings.map(serializeFinding), executions, shrinkExecutions, violating, tally };
}

function hunter(): Hunter {
  return new Hunter(threeCauses(), SUBJECT, OPTIONS);
}

function pool(of: Hunter, notes: string[], fate: (order: Order & { kind: 'do' }) => Fate, heard?: (order: Order) => void): Pool {
  return new Pool(of, { jobs: 3, patience: PATIENCE, note: (text) => void notes.push(text), start: workers(fate, heard) });
}

describe('a pool of workers', () => {
  it('comes to what one comes to', async () => {
    const [alone, together] = [hunter(), hunter()];
    const notes: string[] = [];
    expect(await finish(together, pool(together, notes, () => undefined))).toEqual(await finish(alone, new Alone(alone)));
    expect(notes).toEqual([]);
  });

  it('tells a worker all that is known once, and then what was taught, as long as it has missed no epoch', async () => {
    const [alone, together] = [hunter(), hunter()];
    const heard: string[] = [];
    const died: number[] = [];
    const crew = pool(together, [], ({ task, number }) => {
      if (task.kind !== 'slice' || task.slice.index !== 5 || died.length > 0) return undefined;
      died.push(number);
      return 'dies';
    }, (order) => {
      if (order.kind === 'know') heard.push(`know ${order.knowledge.epoch}`);
      else if (order.kind === 'learn') heard.push('learn');
    });
    expect(await finish(together, crew)).toEqual(await finish(alone, new Alone(alone)));
    // Slices 0 | 1 | 2 3 | 4 5 6 7 | 8: the second worker joins in epoch 2, the third in epoch 3, and one replaces whoever dies there.
    expect(heard).toEqual(['know 0', 'learn', 'learn', 'know 2', 'learn', 'learn', 'know 3', 'know 3', 'learn']);
  });

  it.each([
    ['dies', 'it ended with code 1'], ['fails', 'Error: out of memory'], ['hangs', 'it was not heard of for 0 s'],
  ] as const)('replaces a worker that %s, and does its task again', async (fate, reason) => {
    const [alone, together] = [hunter(), hunter()];
    const notes: string[] = [];
    const struck = new Set([1, 4, 5]);
    const crew = pool(together, notes, ({ number }) => (struck.delete(number) ? fate : undefined));
    expect(await finish(together, crew)).toEqual(await finish(alone, new Alone(alone)));
    expect(notes).toHaveLength(3);
    for (const note of notes) expect(note).toMatch(new RegExp(`^worker [123] was replaced, (slice|shrinking) \\d+ is done again: ${reason}$`));
  });

  it('gives up a slice that kills three workers, and keeps what was found', async () => {
    const it = hunter();
    const notes: string[] = [];
    const crew = pool(it, notes, ({ task }) => (task.kind === 'slice' && task.slice.index === 3 ? 'dies' : undefined));
    await expect(finish(it, crew)).rejects.toThrow(new PoolError('slice 3 has ended 3 workers, the last one: it ended with code 1'));
    expect(notes).toHaveLength(2);
    it.conclude(await crew.close());
    expect(it.findings.length).toBeGreaterThan(0);
    expect(it.executions).toBeGreaterThanOrEqual(512);
  });

  it('says so if workers cannot even start', async () => {
    const it = hunter();
    const crew = new Pool(it, {
      jobs: 2, note: () => {}, start: (events) => {
        setImmediate(() => events.report({ kind: 'failed', error: 'no system' }));
        return { send() {}, end() {} };
      },
    });
    await expect(finish(it, crew)).rejects.toThrow(/no system/);
  });

  it('is told what was half done when it is closed in the middle', async () => {
    const it = hunter();
    const crew = pool(it, [], () => undefined);
    while (it.executions < 600) await crew.advance(1);
    it.conclude(await crew.close());
    expect(it.done).toBe(true);
    expect(it.findings.length).toBeGreaterThan(0);
    expect(it.executions).toBeLessThan(2200);
  });

  it('keeps what a worker had done in the turn in which it was told to stop, though another one is not heard of for longer', async () => {
    const results = [256, 17].map((executions, index) => ({ index, executions, made: [], violating: 0, candidates: [], rest: [], exhausted: false, lessons: null }));
    const tasks = results.map(({ index }) => ({ kind: 'slice', slice: { index, epoch: 0, turn: index, of: 2 }, size: 256, stopAtFirst: false }) as const);
    const threads: ThreadEvents[] = [];
    const crew = new Pool({ done: false, task: () => tasks.shift() ?? null, take() {} }, {
      jobs: 2, note: () => {}, start: (events) => {
        threads.push(events);
        return { send() {}, end() {} };
      },
    });
    await crew.advance(1);
    const closed = crew.close();
    threads[0].report({ kind: 'done', number: 0, result: results[0] });
    threads[0].report({ kind: 'stopped', result: null });
    setImmediate(() => threads[1].report({ kind: 'stopped', result: results[1] }));
    expect(await closed).toEqual(results);
  });
});
