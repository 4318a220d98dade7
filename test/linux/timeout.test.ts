import { describe, expect, it } from 'vitest';
import { Timeouts } from '../../src/linux/timeout.ts';
import type { Ps } from '../../src/sim/index.ts';
import { COST, JIFFY, LinuxBed } from './bed.ts';

describe('schedule_timeout()', () => {
  it('ends at the tick after the n-th, each sleeper by a timer of its own', () => {
    const bed = new LinuxBed();
    const timeouts = new Timeouts(bed.kernel);
    const ended: [string, Ps, number][] = [];
    for (const jiffies of [1, 2, 3]) {
      const { ops } = bed.queue(`queue ${jiffies}`);
      bed.kernelThread(`T${jiffies}`, function* () {
        yield ops.prepareToWait;
        const until = timeouts.begin(jiffies);
        yield ops.schedule;
        ended.push([`T${jiffies}`, Math.floor(bed.sim.now / JIFFY), timeouts.end(until)]);
        expect(bed.sim.now % JIFFY).toBeLessThan(10 * COST.wakeLatency);
      });
    }
    bed.run();
    expect(ended).toEqual([['T1', 2, 0], ['T2', 3, 0], ['T3', 4, 0]]);
  });
});
