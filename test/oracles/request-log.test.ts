import { describe, expect, it } from 'vitest';
import { ScheduleChooser } from '../../src/explore/index.ts';
import { RequestLog, type WireRequest } from '../../src/oracles/request-log.ts';
import { scenario } from '../../src/scenarios/index.ts';
import { Simulator, type Decision } from '../../src/sim/index.ts';

class Log extends RequestLog {
  next(...bytes: readonly number[]): WireRequest {
    const request = this.begin();
    for (const byte of bytes) request.append(byte);
    this.complete();
    return request;
  }
}

describe('requests of a run', () => {
  it('are all there at first, and the latest of many, oldest first', () => {
    const log = new Log(new Simulator());
    const first = [log.next(1), log.next(2)];
    expect([...log.requests()]).toEqual(first);
    for (let i = 3; i <= 1000; i++) log.next(i & 0xff, i >> 8);
    const kept = [...log.requests()].map(({ bytes }) => bytes[0] | (bytes[1] << 8));
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 1000 - kept.length + 1 + i));
    expect(kept.length).toBeGreaterThan(30);
    expect(log.begun).toBe(1000);
    expect([...log.requests()].at(-1)).toBe(log.current);
  });

  it('two that are alike are two, however many came before: the daemon may read both', () => {
    const system = scenario('kcs').build({ driver: 'kcs-bmc@fixed', settings: { requests: 1, command: 'get-device-id', threads: 1, hostMode: 'poll' } });
    const late: readonly Decision[] = [
      { step: 2, kind: 'workload', actor: 'bmc:kcsd', label: 'before read', value: 2 },
      { step: 5, kind: 'workload', actor: 'bmc:kcsd', label: 'crash with a request in hand', value: 1 },
      { step: 6, kind: 'workload', actor: 'bmc:kcsd', label: 'restart delay', value: 3 },
      // More than five hundred requests are refused before the daemon is back.
      { step: 54, kind: 'stall', actor: 'bmc:kcsd', label: 'kcs_bmc_ipmi_read: mutex_unlock(mutex)', value: 'timeouts 1' },
    ];
    const { taken, violations } = system.execute(new ScheduleChooser(late));
    expect(taken).toHaveLength(late.length);
    expect(violations).toEqual([]);
  });
});
