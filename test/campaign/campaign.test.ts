import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Campaign, FindingStore, Folder, FolderLedger, StateFiles, readStats, type CampaignEnd, type Disk } from '../../src/campaign/index.ts';
import { UsageError } from '../../src/scenarios/index.ts';
import { QUICK, failed, folders, tree, troubled } from './disks.ts';
import { ToyHunt, type ToyState } from './toy-hunt.ts';

const folder = folders();
const EPOCHS = 3;

interface Options {
  readonly disk?: Disk;
  readonly lanes?: number;
  readonly now?: () => number;
  readonly stopped?: () => boolean;
  readonly told?: string[];
}

/** A clock that goes on by a millisecond whenever it is looked at. */
function clock(at = 1_700_000_000_000): () => number {
  let now = at;
  return () => ++now;
}

/** An hour later the claims of the dead have run out. */
const LATER = 1_700_003_600_000;

/** A process at the campaign in `path`. */
function processAt(path: string, { disk = QUICK, lanes = 1, now = clock(), stopped = () => false, told = [] }: Options = {}): { readonly campaign: Campaign<ToyState>; readonly hunts: readonly ToyHunt[] } {
  const place = new Folder(path, disk);
  place.make();
  const hunts = [new ToyHunt('one', EPOCHS), new ToyHunt('two', EPOCHS)];
  const campaign = new Campaign({
    folder: place, hunts, ledger: new FolderLedger(place, now), findings: new FindingStore(place), lanes, seconds: undefined, now, stopped,
    found: ({ id }) => void told.push(id), look: () => {},
  });
  return { campaign, hunts };
}

async function run(path: string, options: Options = {}): Promise<CampaignEnd> {
  return processAt(path, options).campaign.run();
}

/** What must be the same, however it came about; what a dead process has not finished is removed when its number is free. */
const KEPT = /^(findings|corpus|state)\/(?!.*\.part-)/;

async function undisturbed(): Promise<Record<string, string>> {
  const path = folder();
  expect(await run(path)).toBe('budget');
  return tree(path, KEPT);
}

describe('a campaign', () => {
  it('runs each slice once and keeps what was found, by name', async () => {
    const path = folder();
    const told: string[] = [];
    const { campaign, hunts } = processAt(path, { told });
    expect(await campaign.run()).toBe('budget');
    for (const hunt of hunts) expect(hunt.ran).toEqual(Array.from({ length: 3 * EPOCHS }, (_, i) => i));
    const store = new FindingStore(new Folder(path));
    expect(store.ids.length).toBeGreaterThan(3);
    expect([...told].sort()).toEqual(store.ids);
    expect(campaign.progress.flatMap(({ findings }) => findings.map(({ id }) => id)).sort()).toEqual(store.ids);
    expect(Object.keys(tree(path, /claims|epoch-|part/))).toEqual([]);
    expect(readStats(new Folder(path)).at(-1)).toMatchObject({ executions: 2 * 3 * EPOCHS * 256, total: 2 * 3 * EPOCHS * 256, findings: store.ids.length });
  });

  it('does not depend on how many lanes or processes there are', async () => {
    const expected = await undisturbed();
    const lanes = folder();
    await run(lanes, { lanes: 4 });
    expect(tree(lanes, KEPT)).toEqual(expected);
    const shared = folder();
    const processes = [processAt(shared), processAt(shared), processAt(shared, { lanes: 2 })];
    await Promise.all(processes.map(({ campaign }) => campaign.run()));
    expect(tree(shared, KEPT)).toEqual(expected);
    const ran = processes.flatMap(({ hunts }) => hunts.map((hunt) => hunt.ran.length));
    expect(ran.every((n) => n > 0)).toBe(true);
  });

  it('goes on where it was stopped, and is as if it had not been', async () => {
    const expected = await undisturbed();
    for (let most = 0; most < 3 * EPOCHS * 2; most += 4) {
      const path = folder();
      for (let i = 0; i < 100; i++) {
        let asked = 0;
        const { campaign } = processAt(path, { stopped: () => ++asked > most + 2 });
        if (await campaign.run() === 'budget') break;
      }
      expect(tree(path, /^state\//)).toEqual(Object.fromEntries(Object.entries(expected).filter(([name]) => name.startsWith('state/'))));
      expect(new FindingStore(new Folder(path)).ids).toEqual(expect.arrayContaining([...new Set(Object.keys(expected).filter((name) => name.startsWith('findings/')).map((name) => name.split('/')[1]))]));
    }
  });

  it('killed between any two calls of the system: what was told is there, and going on is as if it had not been', async () => {
    const expected = await undisturbed();
    class Killed extends Error {}
    let calls = 0;
    const counting = folder();
    await run(counting, { disk: troubled(() => void calls++) });
    expect(calls).toBeGreaterThan(200);
    for (let last = 0; last < calls; last += Math.ceil(calls / 30)) {
      const path = folder();
      const told: string[] = [];
      let left = last;
      const dying = troubled(() => {
        if (left-- <= 0) throw new Killed();
      });
      await run(path, { disk: dying, told }).then(() => expect.unreachable(), (error: unknown) => {
        // A Folder says of everything that it could not be done.
        expect(error instanceof Killed || error instanceof UsageError).toBe(true);
      });
      expect(new FindingStore(new Folder(path)).ids).toEqual(expect.arrayContaining(told));
      await run(path, { now: clock(LATER), told });
      expect(tree(path, KEPT)).toEqual(expected);
      expect(new Set(told).size).toBe(new FindingStore(new Folder(path)).ids.length);
    }
  });

  it('a full disk stops it with one line, and loses nothing', async () => {
    const expected = await undisturbed();
    for (const [call, code, text] of [['writeSync', 'ENOSPC', 'no space left'], ['openSync', 'EACCES', 'permission denied'], ['fsyncSync', 'EIO', 'input/output error'], ['renameSync', 'EROFS', 'read-only file system']] as const) {
      for (const after of [0, 3, 25]) {
        const path = folder();
        let left = after;
        let hit = false;
        const full = troubled((name, args) => {
          if (name !== call || (call === 'openSync' && args[1] === 0) || left-- > 0) return;
          hit = true;
          throw failed(code);
        });
        const told: string[] = [];
        await run(path, { disk: full, told }).then(() => expect(hit).toBe(false), (error: unknown) => {
          expect(error).toBeInstanceOf(UsageError);
          expect((error as Error).message).toMatch(new RegExp(`^cannot (write|read|write to) ${path}[^\n]*: ${text}$`));
        });
        expect(new FindingStore(new Folder(path)).ids).toEqual(expect.arrayContaining(told));
        await run(path, { now: clock(LATER) });
        expect(tree(path, KEPT)).toEqual(expected);
      }
    }
  });

  it('a result that is none is made again', async () => {
    const expected = await undisturbed();
    const path = folder();
    let asked = 0;
    await run(path, { stopped: () => ++asked > 4 });
    const results = Object.keys(tree(path, /epoch-/));
    expect(results.length).toBeGreaterThan(0);
    for (const name of results) writeFileSync(join(path, name), '{"no": "result"}');
    expect(await run(path)).toBe('budget');
    expect(tree(path, /^state\//)).toEqual(Object.fromEntries(Object.entries(expected).filter(([name]) => name.startsWith('state/'))));
  });

  it('a state that is none is refused in one line that says what to do', async () => {
    const path = folder();
    await run(path);
    const [name] = Object.keys(tree(path, /^state\/one\/state-/)).slice(-1);
    writeFileSync(join(path, name), '{"half": ');
    expect(() => processAt(path)).toThrow(`${join(path, name)}: is no state (without this file the campaign goes on from the state before)`);
  });

  it('a state that comes late, when others have gone on from it, leaves nothing behind', () => {
    const path = folder();
    const place = new Folder(path, QUICK);
    place.make();
    const states = new StateFiles(place, 'one');
    for (const epoch of [2, 4, 8, 9, 4]) states.write(epoch, `of ${epoch}`);
    expect(tree(path)).toEqual({ 'state/one/state-000000008.json': 'of 8', 'state/one/state-000000009.json': 'of 9' });
  });
});
