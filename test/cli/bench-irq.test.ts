import { describe, expect, it } from 'vitest';
import { expectRefusal, setUp } from './inband.ts';

const inband = setUp();

/** The parts of the document that are compared here. */
interface Bench {
  readonly settings: Readonly<Record<string, number | string>>;
  readonly jitter: { readonly distribution: string; readonly weights: readonly number[]; readonly steps: readonly { readonly step: string; readonly most: number }[]; readonly draws: readonly string[] };
  readonly points: readonly {
    readonly sweep: { readonly name: string; readonly value: number | string } | null;
    readonly transactions: number;
    readonly serirq?: Readonly<Record<string, number | string>>;
    readonly legs: readonly { readonly name: string; readonly n: number; readonly min: number; readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number }[];
    readonly total: number;
    readonly shares: readonly { readonly name: string; readonly time: number }[];
  }[];
}

async function bench(...args: readonly string[]): Promise<Bench> {
  const { code, stdout, stderr } = await inband.run(['bench', 'irq', ...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Bench;
}

const leg = (point: Bench['points'][number], name: string) => point.legs.find((one) => one.name === name)!;

/** Clocks of a sequence: start frame, 2 of recovery and turn-around, 3 a frame, stop frame, 2 again (Serialized IRQ 6.0). */
const sequence = (start: number, frames: number, stop: number): number => start + 2 + 3 * frames + stop + 2;

describe('bench irq', () => {
  it('has the arithmetic of SerIRQ: 61 and 78 clocks of a sequence, IRQ10 after 36 in quiet mode', async () => {
    const { points } = await bench('--n', '8', '--set', 'serirqId=10', '--sweep', 'serirqQuiet=1,0');
    const [quiet, same, continuous] = points.map(({ serirq }) => serirq!);
    expect(same).toEqual(quiet);
    // 36 x 30.303 ns = 1.09 us; 61 x 30.303 ns = 1.848 us.
    expect(quiet).toEqual({ mode: 'quiet', irq: 10, lclk: 30_303, sequenceClocks: sequence(4, 17, 2), slotClock: 36, bestClocks: 4 + 3 * 11 - 1, worstClocks: 61 + 2 + 1 });
    expect(continuous).toMatchObject({ mode: 'continuous', sequenceClocks: sequence(4, 17, 3), bestClocks: 1, worstClocks: sequence(4, 17, 3) + 2 + 1 });
    const { points: [wide] } = await bench('--n', '8', '--set', 'serirqFrames=21', '--set', 'serirqStartClocks=8', '--set', 'serirqQuiet=0');
    expect(wide.serirq).toMatchObject({ sequenceClocks: 78, slotClock: 8 + 32 });
    for (const point of [...points, wide]) {
      const { serirq } = point;
      const { min, max } = leg(point, 'SerIRQ request -> host samples');
      expect(min).toBeGreaterThanOrEqual(Number(serirq!['bestClocks']) * 30_303);
      expect(max).toBeLessThanOrEqual(Number(serirq!['worstClocks']) * 30_303);
      // The specification's own bound for 17 frames without bridges.
      if (point !== wide) expect(Number(serirq!['worstClocks'])).toBeLessThanOrEqual(96);
    }
  });

  it('says what is late and by how much, and stays within it', async () => {
    const { jitter, points: [late] } = await bench('--n', '40', '--jitter', 'even');
    expect(jitter).toMatchObject({ distribution: 'even', weights: Array.from({ length: 9 }, () => 1), draws: ['host: IRQ entry'] });
    // 8 wait states of 30.303 ns; 45 us of interrupt entry.
    expect(jitter.steps).toContainEqual({ step: 'outb', most: 8 * 30_303 });
    expect(jitter.steps).toContainEqual({ step: 'interrupt entry', most: 45_000_000 });
    const { min, max, p50, p90, p99, n } = leg(late, 'IDR write -> interrupt handler');
    expect(min).toBeGreaterThanOrEqual(6_200_000);
    expect(max).toBeLessThanOrEqual(6_200_000 + 45_000_000);
    expect([min, p50, p90, p99, max]).toEqual([min, p50, p90, p99, max].sort((a, b) => a - b));
    expect(p50 - min).toBeGreaterThan(15_000_000);
    expect(n).toBeGreaterThan(40 * 15);
    const { jitter: none, points: [nominal] } = await bench('--n', '8', '--jitter', 'none');
    expect(none).toMatchObject({ distribution: 'none', weights: [], steps: [], draws: [] });
    expect(leg(nominal, 'IDR write -> interrupt handler')).toMatchObject({ min: 6_200_000, max: 6_200_000 });
  });

  it('sweeps the host\'s mode, the BMC\'s latency, the wait states, the neighbours on VIC 8', async () => {
    const { points, settings } = await bench(
      '--n', '8', '--jitter', 'none', '--sweep', 'hostMode=poll,kipmid,irq', '--sweep', 'irqLatency=2000000,20000000', '--sweep', 'lpcWaitStates=8', '--sweep', 'others=0,6',
    );
    expect(settings).toMatchObject({ hostMode: 'irq' });
    expect(points.map(({ sweep }) => (sweep === null ? null : `${sweep.name}=${sweep.value}`))).toEqual([
      null, 'hostMode=poll', 'hostMode=kipmid', 'hostMode=irq', 'irqLatency=2000000', 'irqLatency=20000000', 'lpcWaitStates=8', 'others=0', 'others=6',
    ]);
    const [base, poll, kipmid, irq, fast, slow, waits, alone, crowded] = points;
    const whole = (point: Bench['points'][number]): number => leg(point, 'WRITE_START -> response complete').p50;
    for (const same of [irq, alone]) expect({ ...same, sweep: null }).toEqual(base);
    expect(whole(kipmid)).toBeGreaterThan(3 * whole(poll));
    expect(leg(slow, 'IDR write -> interrupt handler').min - leg(fast, 'IDR write -> interrupt handler').min).toBe(18_000_000);
    expect(whole(waits)).toBeGreaterThan(whole(base));
    expect(leg(crowded, 'IDR write -> IDR read').min - leg(alone, 'IDR write -> IDR read').min).toBe(6 * 300_000);
    for (const { total, shares, transactions } of points) {
      expect(transactions).toBe(8);
      expect(shares.reduce((sum, { time }) => sum + time, 0)).toBe(total);
    }
  });

  it('measures SSIF at both speeds of its bus', async () => {
    const { points: [, slow, fast] } = await bench('ssif', '--n', '8', '--sweep', 'smbusKhz=100,400');
    const bits = (point: Bench['points'][number]): number => point.shares.find(({ name }) => name === 'bus: bits')!.time;
    expect(bits(slow)).toBe(4 * bits(fast));
    expect(slow.serirq).toBeUndefined();
  });

  it('gives the same document for the same input, another for another seed', async () => {
    const args = ['bench', 'irq', '--n', '16', '--json'];
    const [one, again, other] = await Promise.all([inband.run(args), inband.run(args), inband.run([...args, '--seed', '2'])]);
    expect(again.stdout).toBe(one.stdout);
    expect(other.stdout).not.toBe(one.stdout);
  });

  it('prints tables for people, and one for machines', async () => {
    const [text, csv] = await Promise.all([inband.run(['bench', 'irq', '--n', '8']), inband.run(['bench', 'irq', '--n', '8', '--csv'])]);
    expect(text.stdout).toContain('SerIRQ quiet: sequence of 61 clocks (1.85 us), IRQ10 is sampled at its clock 36');
    expect(text.stdout).toMatch(/^ODR write -> ODR read +\S+ [nu]s/m);
    expect(csv.stdout.split('\n')[0]).toBe('kind,parameter,value,name,per,n,min,p50,p90,p99,max,sum');
    for (const { code, stderr } of [text, csv]) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('bench refuses with one line', () => {
  const cases: readonly (readonly [name: string, args: readonly string[], texts: readonly string[]])[] = [
    ['nothing to measure', [], ['bench what?', 'irq']],
    ['an unknown benchmark', ['dma'], ['"dma"', 'irq']],
    ['an unknown scenario', ['irq', 'nope'], ['unknown scenario "nope"']],
    ['a sweep without values', ['irq', '--sweep', 'channel'], ['--sweep channel', 'name=value,value']],
    ['a sweep with a hole', ['irq', '--sweep', 'channel=1,,2'], ['--sweep', 'name=value,value']],
    ['a sweep of what is not there', ['irq', '--sweep', 'nope=1'], ['unknown parameter "nope"']],
    ['a sweep out of bounds', ['irq', '--sweep', 'serirqQuiet=0,2'], ['serirqQuiet=2', '0 to 1']],
    ['a sweep of requests', ['irq', '--sweep', 'requests=1'], ['requests', '--n']],
    ['too many neighbours', ['irq', '--sweep', 'others=1,9'], ['others=9', '0 to 8']],
    ['neighbours where there are none', ['irq', 'ssif', '--set', 'others=1'], ['others=1', 'ssif']],
    ['an unknown distribution', ['irq', '--jitter', 'gauss'], ['gauss', 'tail, even, none']],
    ['no transactions', ['irq', '--n', '0'], ['--n', 'at least 1']],
    ['two documents', ['irq', '--json', '--csv'], ['--json', '--csv', 'stdout']],
  ];
  it.each(cases)('%s', async (_name, args, texts) => {
    expectRefusal(await inband.run(['bench', ...args]), ...texts);
  });
});
