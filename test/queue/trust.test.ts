import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as BullMq from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEUE, resultKey } from '../../src/queue/index.ts';
import { RedisServer, freePort } from '../../tools/redis-server.mjs';
import { tree } from '../campaign/disks.ts';
import { ROOT, expectRefusal, setUp } from '../cli/inband.ts';
import { Crew, HUNT, bullmq } from './crew.ts';
import { HAS_QUEUE, HAS_TLS, WITHOUT_QUEUE } from './redis.ts';

const inband = setUp();
/** A worker whose models are of another version. */
const other = setUp([['kcs-read-restart.ts', 'model: 1,', 'model: 2,']]);

describe.skipIf(!HAS_QUEUE)(`whom a queue is shared with${WITHOUT_QUEUE}`, { timeout: 180_000 }, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.close());

  it('with a hostile worker: nothing of what it hands in is kept, and the campaign comes to the same', async () => {
    const cwd = inband.folder();
    const url = `${redis.url}/2`;
    const gifts = [
      '', '{', '[]', 'null', '"x"', '{"format":"inband-result/2","result":{}}', '{"__proto__":{"polluted":1},"format":"inband-result/2","result":null}',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'x'.repeat(17 * 1024 * 1024),
      JSON.stringify({ format: 'inband-result/2', result: { index: 0, executions: 256, made: [['random', 256]], violating: 1, candidates: [], rest: [], exhausted: false, lessons: { x: '../../x' } } }),
      JSON.stringify({ format: 'inband-result/2', result: { number: 0, executions: 1, decisions: [], hash: 1, ways: [], violation: { oracle: 'errno', rule: 'x', site: 'x', message: '\u001b[2J', step: 0, at: 0 } } }),
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
