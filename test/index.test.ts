import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as inband from '../src/index.ts';
import {
  EAGAIN, Hunter, KCS_BMC_VERSIONS, KcsBmcMainline, KcsBmcPhase, KcsBmcReviewMended, KcsBmcV2, KcsSystem, Mutex, ScheduleChooser, formatLadder,
  record, type Finding, type KcsBmcDriverClass, type OpenFile, type Steps, type UserBuffer,
} from '../src/index.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** A reviewer's patch: who may sleep waits again where mainline says -EAGAIN. */
class WaitsAgain extends KcsBmcMainline {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    let ret: number;
    do ret = yield* super.read(file, buf, count);
    while (ret === -EAGAIN && !file.nonBlocking);
    return ret;
  }
}

/** A patch that takes a lock of its own: read() and write() exclude one another. */
class OneAtATime extends KcsBmcV2 {
  private readonly calls = new Mutex(this.memory, 'calls');
  private readonly of = {
    read: this.calls.at(this.kernel.sim.ops.frame('kcs_bmc_read')), write: this.calls.at(this.kernel.sim.ops.frame('kcs_bmc_write')),
  };

  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    yield this.of.read.mutexLock;
    const ret = yield* super.read(file, buf, count);
    yield this.of.read.mutexUnlock;
    return ret;
  }

  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    yield this.of.write.mutexLock;
    const ret = yield* super.write(file, buf, count);
    yield this.of.write.mutexUnlock;
    return ret;
  }
}

/** Looks into the state that the subclass inherits. */
class Counts extends KcsBmcMainline {
  static restarts = 0;

  protected override *handleCmd(): Steps {
    yield* super.handleCmd();
    if (this.state.phase === KcsBmcPhase.WRITE_START) Counts.restarts++;
  }
}

function hunt(driverClass: KcsBmcDriverClass, oracles: readonly string[], maxExecutions: number): { readonly system: KcsSystem; readonly findings: readonly Finding[] } {
  const build = { driver: `kcs-bmc@${driverClass.name}`, oracles, settings: {} };
  const system = new KcsSystem({ ...build, driverClass });
  const hunter = new Hunter(system, { scenario: 'kcs', build, model: {} }, { maxExecutions });
  while (!hunter.done) hunter.advance(100);
  return { system, findings: hunter.findings };
}

describe('a patch of one’s own, through the library', () => {
  it('a mainline whose blocking read() waits again: -EAGAIN is gone, a hang has come', () => {
    const { findings: [before] } = hunt(KcsBmcMainline, ['errno'], 5000);
    expect(before.rule).toBe('blocking-read-eagain');
    expect(hunt(WaitsAgain, ['errno'], 1000).findings).toEqual([]);

    const { system, findings: [finding] } = hunt(WaitsAgain, ['hang'], 5000);
    expect(finding).toMatchObject({ driver: 'kcs-bmc@WaitsAgain', oracle: 'hang' });
    const recording = record(system, new ScheduleChooser(finding.decisions));
    expect(formatLadder(recording, { describe: (decision) => system.describe(decision) })).toMatch(/^hang: /);
  });

  it('a mutex around the calls of v2 does not mend its wrong response', () => {
    const { findings: [finding] } = hunt(OneAtATime, ['wrong-response'], 3000);
    expect(finding).toMatchObject({ driver: 'kcs-bmc@OneAtATime', oracle: 'wrong-response' });
  });

  it('sees the state that it inherits', () => {
    Counts.restarts = 0;
    hunt(Counts, ['lost-byte'], 1);
    expect(Counts.restarts).toBeGreaterThan(1);
  });

  it('every version is there by its class', () => {
    const exported = new Set<unknown>(Object.values(inband));
    for (const { version, driver } of KCS_BMC_VERSIONS) expect(exported.has(driver), version).toBe(true);
    expect(KcsBmcReviewMended.prototype).toBeInstanceOf(KcsBmcV2);
  });
});

describe('the published types', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inband-types-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What the compiler says of a user's file, with the package as `npm ci` has built it. */
  function compile(name: string, text: string): string {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    const link = join(folder, 'node_modules', 'inband');
    rmSync(link, { force: true });
    symlinkSync(ROOT, link);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    writeFileSync(join(folder, name), text);
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    return spawnSync(process.execPath, [
      tsc, '--strict', '--noEmit', '--skipLibCheck', 'false', '--types', '', '--target', 'es2022', '--lib', 'es2023', '--module', 'nodenext', name,
    ], { cwd: folder, encoding: 'utf8' }).stdout;
  }

  const patch = (read: string): string => `
import { EAGAIN, KcsBmcMainline, KcsSystem, type OpenFile, type Steps, type UserBuffer } from 'inband';
class Patched extends KcsBmcMainline {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_ipmi_read;
    yield spinLockIrq;
    const avail: boolean = this.state.dataInAvail;
    yield spinUnlockIrq;
    ${read}
  }
}
export const system = new KcsSystem({ driverClass: Patched, settings: {} });
`;

  it('a patched driver compiles', () => {
    expect(compile('good.ts', patch('return avail ? yield* super.read(file, buf, count) : -EAGAIN;'))).toBe('');
  });

  it('a mistake in it does not', () => {
    expect(compile('bad.ts', patch('return avail;'))).toContain('is not assignable to type');
  });
});
