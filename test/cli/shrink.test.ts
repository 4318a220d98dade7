import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shrink } from '../../src/cli/shrink.ts';
import { parseFinding, serializeFinding, traitsOf } from '../../src/explore/index.ts';
import type { Decision } from '../../src/sim/index.ts';
import { savedFinding } from '../bugs/bug-test.ts';

const printed = vi.hoisted(() => ({ out: '', err: '' }));
vi.mock('../../src/cli/output.ts', async (original) => ({
  ...await original<typeof import('../../src/cli/output.ts')>(),
  print: (text: string) => void (printed.out += `${text}\n`),
  note: (text: string) => void (printed.err += `${text}\n`),
}));

const finding = savedFinding('kcs-read-aba');
const LONG = { kind: 'seconds', n: 7200 } as const;
/** Stalls that change nothing. */
const PADDING = [7, 11, 19, 23, 31].map((step): Decision => ({ kind: 'stall', actor: 'host', step, label: '', value: 'for 1000000 ps' }));
let folder = '';
let file = '';

beforeEach(() => {
  printed.out = '';
  printed.err = '';
  folder = mkdtempSync(join(tmpdir(), 'inband-shrink-'));
  file = join(folder, 'x.json');
  writeFileSync(file, serializeFinding({ ...finding, decisions: [...finding.decisions, ...PADDING] }));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function written(name: string): readonly Decision[] {
  return parseFinding(readFileSync(join(folder, name), 'utf8'), name).decisions;
}

describe('inband shrink', () => {
  it('keeps what it has when it is interrupted, and goes on from there', async () => {
    // On a machine so slow that signals are heard after every ten executions: however fast this one is, it is not done by then.
    let now = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => (now += 1000));
    const ending = shrink(file, { budget: LONG, output: join(folder, 'x.small.json') });
    process.emit('SIGINT');
    expect(await ending).toBe(130);
    clock.mockRestore();
    expect(printed.err).toBe('interrupted: the smallest so far is kept\nnot everything was tried: inband shrink '
      + `${join(folder, 'x.small.json')} goes on\n`);
    const half = written('x.small.json');
    expect(half.length).toBeLessThanOrEqual(finding.decisions.length + PADDING.length);

    expect(await shrink(join(folder, 'x.small.json'), { budget: LONG, output: join(folder, 'y.json') })).toBe(1);
    expect(written('y.json')).toEqual(finding.decisions);
    expect(readdirSync(folder)).toEqual(['x.json', 'x.small.json', 'y.json']);
  });

  it('says so when its budget is spent before all was tried', async () => {
    expect(await shrink(file, { budget: { kind: 'executions', n: 14 } })).toBe(1);
    expect(printed.out).toMatch(/^\d+ -> \d+ decisions in \d+ executions: /);
    expect(printed.err).toMatch(/^not everything was tried: inband shrink .*x\.small\.json goes on\n$/);
  });

  it('keeps the cause: what is left is of the kind of what was there', async () => {
    expect(await shrink(file, { budget: LONG })).toBe(1);
    expect(printed.err).toBe('');
    expect(traitsOf(written('x.small.json'))).toEqual(traitsOf(finding.decisions));
  });
});
