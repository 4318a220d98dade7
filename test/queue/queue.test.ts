import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer, until } from '../../tools/redis-server.mjs';
import { tree } from '../campaign/disks.ts';
import { ended, expectRefusal, setUp } from '../cli/inband.ts';
import { Crew, HUNT, jobsLeft } from './crew.ts';
import { HAS_QUEUE, WITHOUT_QUEUE } from './redis.ts';

const inband = setUp();
/** Workers that one slice costs: an error, or their lives. */
const poisoned = setUp([['slice-runner.ts', 'source.enter(task.slice);', `source.enter(task.slice);
    if (task.slice.index === 1 && process.env['PLANTED'] === 'kill') process.kill(process.pid, 'SIGKILL');
    if (task.slice.index === 1) throw new Error('planted');`]]);

/** What must come out the same whoever does it. */
const KEPT = /^(findings\/|corpus\/|state\/)/;

describe('a queue that cannot be used', () => {
  it('is refused in one line', async () => {
    const cwd = inband.folder();
    for (const [args, text] of [
      [['hunt', 'kcs', '--queue', 'redis://localhost'], '--queue is for a campaign: --campaign FOLDER'],
      [['hunt', 'kcs', '--campaign', 'c', '--queue', 'redis://localhost', '--jobs', '2'], '--queue and --jobs'],
      [['worker', 'http://localhost'], 'a queue is at redis://user:password@host:port/database'],
      [['worker', 'redis://localhost', '--driver', 'kcs-bmc@v2'], '--driver kcs-bmc@v2: the campaign says which'],
    ] as const) expectRefusal(await inband.run(args, { cwd }), text);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('without the package: what to install', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'inband-bare-'));
    try {
      const cli = join(bare, 'cli.mjs');
      copyFileSync(inband.file, cli);
      for (const args of [['worker', 'redis://localhost'], ['hunt', 'kcs', '--campaign', 'c', '--queue', 'redis://localhost']]) {
        expectRefusal(await ended(spawn(process.execPath, [cli, ...args], { cwd: bare })), 'a queue needs the npm package bullmq: npm install bullmq');
      }
      expect(readdirSync(bare)).toEqual(['cli.mjs']);
    } finally {
      rmSync(bare, { recursive: true });
    }
  });
});

describe.skipIf(!HAS_QUEUE)(`a campaign over a queue${WITHOUT_QUEUE}`, { timeout: 180_000 }, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.close());

  it('by three workers, of which one is killed and one stands still, on a Redis that is restarted: comes to what one process comes to', async () => {
    const cwd = inband.folder();
    const budget = ['--budget', '1500x'];
    const shaken = await RedisServer.start();
    const crew = new Crew();
    const [, killed, slow] = [1, 2, 3].map(() => crew.start(inband, shaken.url));
    const alone = inband.run([...HUNT, ...budget, '--campaign', 'alone'], { cwd });
    const campaign = inband.run([...HUNT, ...budget, '--campaign', 'many', '--queue', shaken.url], { cwd });
    const states = join(cwd, 'many/state/kcs-read-restart');
    const reached = (slice: number) => until(`slice ${slice}`, () => existsSync(states) && readdirSync(states).some((name) => Number(/^state-(\d+)\.json$/.exec(name)?.[1]) >= slice));
    await reached(1);
    killed.kill('SIGKILL');
    slow.kill('SIGSTOP');
    await reached(2);
    await shaken.restart();
    // It wakes up with a slice that another has done meanwhile.
    await reached(4);
    slow.kill('SIGCONT');
    const [one, many] = await Promise.all([alone, campaign]);
    expect(one.code).toBe(1);
    expect({ code: many.code, stderr: many.stderr }).toEqual({ code: 1, stderr: `the queue at ${shaken.url} is away: waiting for it\nthe queue at ${shaken.url} is back\n` });
    expect(many.stdout).toContain('1500 executions; the budget is used up');
    expect(tree(join(cwd, 'many'), KEPT)).toEqual(tree(join(cwd, 'alone'), KEPT));
    expect(readdirSync(join(cwd, 'many/findings')).length).toBeGreaterThan(1);
    const ends = await crew.end();
    expect(ends.map(({ code, signal }) => code ?? signal)).toEqual([130, 'SIGKILL', 130]);
    expect(ends[0].stdout).toMatch(/^\d+ tasks, \d+ executions done\n$/);
    // Every slice is accounted for: what was done twice, too.
    expect(await jobsLeft(shaken.url)).toEqual({});
    await shaken.close();
  });

  it('left by its producer and by its worker goes on, in one process', async () => {
    const cwd = inband.folder();
    const crew = new Crew();
    crew.start(inband, `${redis.url}/1`);
    const producer = inband.start([...HUNT, '--budget', '900x', '--campaign', 'c', '--queue', `${redis.url}/1`], { cwd });
    const ran = ended(producer);
    await until('something is found', () => existsSync(join(cwd, 'c/findings')) && readdirSync(join(cwd, 'c/findings')).length > 0);
    producer.kill('SIGINT');
    const { code, stdout, stderr } = await ran;
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'interrupted: what was found so far is saved\n' });
    for (const [, id] of stdout.matchAll(/inband show c\/findings\/([^/]+)\/finding\.json/g)) expect(readdirSync(join(cwd, 'c/findings'))).toContain(id);
    const [worker] = await crew.end();
    expect(worker.code).toBe(130);
    // What the worker had in hand is given back, and waits.
    expect(Object.keys(await jobsLeft(`${redis.url}/1`)).filter((state) => state !== 'wait')).toEqual([]);
    const [again, alone] = await Promise.all([inband.run(['hunt', '--campaign', 'c'], { cwd }), inband.run([...HUNT, '--budget', '900x', '--campaign', 'alone'], { cwd })]);
    expect([again.code, alone.code]).toEqual([1, 1]);
    expect(tree(join(cwd, 'c'), /^state\//)).toEqual(tree(join(cwd, 'alone'), /^state\//));
    for (const id of readdirSync(join(cwd, 'alone/findings'))) expect(readdirSync(join(cwd, 'c/findings'))).toContain(id);
  });

  it('a slice that costs whoever takes it is set aside with its evidence: by an error, and by death', async () => {
    await Promise.all([['throw', 1, '/3', 'planted'], ['kill', 4, '/4', 'stalled']].map(async ([how, workers, db, reason]) => {
      const cwd = inband.folder();
      const crew = new Crew();
      for (let i = 0; i < Number(workers); i++) crew.start(poisoned, redis.url + db, ['--lease', '1', '--deaths', '3'], { PLANTED: String(how) });
      const { code, stdout, stderr } = await inband.run([...HUNT, '--budget', '600x', '--campaign', 'c', '--queue', redis.url + db], { cwd });
      expect({ code, stderr }).toEqual({ code: 1, stderr: 'slice 1 of kcs-read-restart was set aside, for it costs whoever takes it: see c/poisoned/kcs-read-restart-slice-000000001.json\n' });
      expect(stdout).toContain(`${600 - 256} executions; the budget is used up`);
      const text = readFileSync(join(cwd, 'c/poisoned/kcs-read-restart-slice-000000001.json'), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ format: 'inband-poisoned/1', hunt: 'kcs-read-restart', job: { seed: 1, subject: { driver: 'kcs-bmc@v2' }, task: { slice: { index: 1 } } } });
      expect(text).toContain(reason);
      const ends = await crew.end();
      expect(ends.filter(({ signal }) => signal === 'SIGKILL')).toHaveLength(how === 'kill' ? 3 : 0);
      expect(await jobsLeft(redis.url + db)).toEqual({});
    }));
  });
});
