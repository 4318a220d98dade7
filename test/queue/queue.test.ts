import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as BullMq from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEUE, resultKey } from '../../src/queue/index.ts';
import { tree } from '../campaign/disks.ts';
import { ROOT, ended, expectRefusal, setUp, type Inband, type Ran } from '../cli/inband.ts';
import { RedisServer, freePort, until } from '../../tools/redis-server.mjs';
import { HAS_QUEUE, HAS_TLS, WITHOUT_QUEUE } from './redis.ts';

const inband = setUp();
/** A worker whose models are of another version. */
const other = setUp([['kcs-read-restart.ts', 'model: 1,', 'model: 2,']]);
/** Workers that one slice costs: an error, or their lives. */
const poisoned = setUp([['slice-runner.ts', 'source.enter(task.slice);', `source.enter(task.slice);
    if (task.slice.index === 1 && process.env['PLANTED'] === 'kill') process.kill(process.pid, 'SIGKILL');
    if (task.slice.index === 1) throw new Error('planted');`]]);

/** A small campaign with several findings, and what must come out the same whoever does it. */
const HUNT = ['hunt', 'kcs-read-restart', '--driver', 'kcs-bmc@v2', '--oracle', 'errno,wrong-response'] as const;
const KEPT = /^(findings\/|corpus\/|state\/)/;

/** All that were started: none outlives a test that fails. */
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** Workers that live until they are told to end. */
class Crew {
  readonly workers: ChildProcess[] = [];
  readonly ran: Promise<Ran>[] = [];

  start(cli: Inband, url: string, options: readonly string[] = ['--lease', '2'], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const child = cli.start(['worker', url, ...options], { env });
    started.push(child);
    this.workers.push(child);
    this.ran.push(ended(child));
    return child;
  }

  /** Ctrl-C for all who live; what each came to. */
  async end(): Promise<readonly Ran[]> {
    for (const child of this.workers) child.kill('SIGINT');
    return Promise.all(this.ran);
  }
}

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

  /** BullMQ as the tests use it, to look into a queue and to be a bad worker. */
  function bullmq(): typeof BullMq {
    return createRequire(join(ROOT, 'package.json'))('bullmq') as typeof BullMq;
  }

  async function jobsLeft(url: string): Promise<Record<string, number>> {
    const queue = new (bullmq().Queue)(QUEUE, { connection: { url }, prefix: 'inband' });
    const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'failed', 'prioritized', 'paused');
    await queue.close();
    return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
  }

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

  it('with a hostile worker: nothing of what it hands in is kept, and the campaign comes to the same', async () => {
    const cwd = inband.folder();
    const url = `${redis.url}/2`;
    const gifts = [
      '', '{', '[]', 'null', '"x"', '{"format":"inband-result/1","result":{}}', '{"__proto__":{"polluted":1},"format":"inband-result/1","result":null}',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'x'.repeat(17 * 1024 * 1024),
      JSON.stringify({ format: 'inband-result/1', result: { index: 0, executions: 256, made: [['random', 256]], violating: 1, candidates: [], rest: [], exhausted: false, lessons: { x: '../../x' } } }),
      JSON.stringify({ format: 'inband-result/1', result: { number: 0, executions: 1, decisions: [], hash: 1, violation: { oracle: 'errno', rule: 'x', site: 'x', message: '\u001b[2J', step: 0, at: 0 } } }),
    ];
    let given = 0;
    const { Worker } = bullmq();
    const hostile: BullMq.Worker = new Worker(QUEUE, async (job) => {
      const gift = gifts[given++ % gifts.length];
      const client = await hostile.client;
      await client.set(resultKey(job.id!), gift);
      return { gift: gift.slice(0, 10) };
    }, { connection: { url }, prefix: 'inband', concurrency: 4 });
    hostile.on('error', () => {});
    try {
      const [many, alone] = await Promise.all([
        inband.run([...HUNT, '--budget', '300x', '--campaign', 'many', '--queue', url], { cwd }), inband.run([...HUNT, '--budget', '300x', '--campaign', 'alone'], { cwd }),
      ]);
      expect([many.code, alone.code]).toEqual([1, 1]);
      expect(tree(join(cwd, 'many'), /^(?!stats)/)).toEqual(tree(join(cwd, 'alone'), /^(?!stats)/));
      const lines = many.stderr.trimEnd().split('\n');
      expect(lines.length).toBeGreaterThan(gifts.length);
      for (const line of lines) expect(line).toMatch(/^(slice|shrinking) \d+ of kcs-read-restart: ([ -~]{5,400}; it is asked for again|done here, for 5 results of it were refused)$/);
      expect(lines.some((line) => line.includes('is longer than 16 MiB'))).toBe(true);
    } finally {
      await hostile.close();
    }
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

  it('a worker of another version refuses it, and says which; one of the same does it', async () => {
    const cwd = inband.folder();
    const url = `${redis.url}/5`;
    const crew = new Crew();
    crew.start(other, url);
    const campaign = inband.run([...HUNT, '--budget', '20x', '--campaign', 'c', '--queue', url], { cwd });
    const worker = crew.workers[0];
    await new Promise<void>((resolve) => {
      worker.stderr!.on('data', (chunk: Buffer) => {
        if (chunk.includes('refused')) resolve();
      });
    });
    crew.start(inband, url);
    const { code, stdout } = await campaign;
    expect({ found: code === 0 || code === 1, stdout }).toMatchObject({ found: true, stdout: expect.stringContaining('20 executions') as string });
    const [refusing, honest] = await crew.end();
    expect(refusing.stderr).toBe(`takes slices from ${url}\nrefused: a slice of kcs-read-restart: model "scenario kcs-read-restart" is 1 there, but 2 here\n`);
    expect(refusing.stdout).toBe('0 tasks, 0 executions done\n');
    expect(honest.stdout).not.toContain('0 tasks');
  });

  it('a driver of one\'s own: no code goes through the queue, workers are started with the same file', async () => {
    const cwd = inband.folder();
    const url = `${redis.url}/6`;
    const text = `import { EINVAL, KcsBmcMainline } from 'inband';
export default class Mine extends KcsBmcMainline {
  * write(file, buf, count) {
    return count > 100 ? -EINVAL : yield* super.write(file, buf, count);
  }
}
`;
    writeFileSync(join(cwd, 'mine.mjs'), text);
    mkdirSync(join(cwd, 'changed'));
    writeFileSync(join(cwd, 'changed/mine.mjs'), text.replace('100', '101'));
    symlinkSync(join(ROOT, 'node_modules'), join(cwd, 'node_modules')); // esbuild is the user's
    const crew = new Crew();
    const without = crew.start(inband, url);
    const changed = crew.start(inband, url, ['--driver', join(cwd, 'changed/mine.mjs'), '--as', 'kcs']);
    const campaign = inband.run(['hunt', '--driver', './mine.mjs', '--as', 'kcs', '--oracle', 'errno', '--budget', '10x', '--campaign', 'c', '--queue', url], { cwd });
    const refused = (child: ChildProcess) => new Promise<void>((resolve) => {
      child.stderr!.on('data', (chunk: Buffer) => {
        if (chunk.includes('refused')) resolve();
      });
    });
    await Promise.all([refused(without), refused(changed)]);
    crew.start(inband, url, ['--driver', join(cwd, 'mine.mjs')]);
    expect((await campaign).stdout).toContain('10 executions');
    const ends = await crew.end();
    expect(ends[0].stderr).toContain('own@mine.mjs: give it by --driver FILE');
    expect(ends[1].stderr).toMatch(/refused: a slice of kcs: model "driver own@mine\.mjs"/);
    expect(ends[2].stdout).not.toContain('0 tasks');
  });

  it('a Redis that is not there, or does not let in: one line, and nothing is begun', async () => {
    const cwd = inband.folder();
    const guarded = await RedisServer.start(['--requirepass', 'open sesame']);
    try {
      const { port } = guarded;
      for (const [url, ...texts] of [
        [`redis://127.0.0.1:${await freePort()}`, 'cannot use the queue at redis://127.0.0.1:', 'connection refused'],
        [`${redis.url}/999`, 'DB index is out of range'],
        [guarded.url, 'NOAUTH'],
        [`redis://:wrong@127.0.0.1:${port}`, 'WRONGPASS'],
      ] as const) {
        const ran = await inband.run(['worker', url], { cwd });
        expectRefusal(ran, ...texts);
        expect(ran.stderr).not.toContain('wrong');
      }
      expectRefusal(await inband.run([...HUNT, '--campaign', 'c', '--queue', guarded.url], { cwd }), 'NOAUTH');
      expect(readdirSync(cwd)).toEqual([]);
      const crew = new Crew();
      crew.start(inband, `redis://default:open%20sesame@127.0.0.1:${port}`);
      const { code } = await inband.run([...HUNT, '--budget', '20x', '--campaign', 'c', '--queue', `redis://:open%20sesame@127.0.0.1:${port}`], { cwd });
      expect([0, 1]).toContain(code);
      expect((await crew.end())[0].stderr).toBe(`takes slices from redis://default@127.0.0.1:${port}\n`);
    } finally {
      await guarded.close();
    }
  });

  it.skipIf(!HAS_TLS)(`rediss: a certificate is checked${HAS_TLS ? '' : ' (skipped: no openssl, or a Redis without TLS)'}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inband-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    expect(spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert]).status).toBe(0);
    const tlsPort = await freePort();
    const secret = await RedisServer.start(['--tls-port', String(tlsPort), '--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert, '--tls-auth-clients', 'no']);
    try {
      const cwd = inband.folder();
      const url = `rediss://localhost:${tlsPort}`;
      expectRefusal(await inband.run(['worker', url], { cwd }), `cannot use the queue at ${url}: its certificate is self-signed (see NODE_EXTRA_CA_CERTS)`);
      const crew = new Crew();
      const env = { NODE_EXTRA_CA_CERTS: cert };
      crew.start(inband, url, [], env);
      const { stdout } = await inband.run([...HUNT, '--budget', '20x', '--campaign', 'c', '--queue', url], { cwd, env });
      expect(stdout).toContain('20 executions');
      expect((await crew.end())[0].code).toBe(130);
    } finally {
      await secret.close();
      rmSync(folder, { recursive: true });
    }
  });
});
