import { describe, expect, it } from 'vitest';
import { ScheduleChooser } from '../../src/explore/index.ts';
import { HAS_CLANG, WITHOUT, driverText, file, scenarioWithC } from './toolchain.ts';

describe.skipIf(!HAS_CLANG)(`a bus driver in C${WITHOUT}`, () => {
  it('has not dealt with an interrupt that it has acknowledged before its handler returns: the client is not blamed for what it was not told', () => {
    const scenario = scenarioWithC('i2c', file('i2c.c', driverText('i2c.c')));
    const system = scenario.build({ driver: scenario.defaultDriver, settings: {} });
    const { violations } = system.execute(new ScheduleChooser([
      { step: 1, kind: 'config', actor: 'scenario', label: 'cpus', value: 1 },
      { step: 3, kind: 'config', actor: 'scenario', label: 'PEC', value: 1 },
      { step: 0, kind: 'stall', actor: 'bmc:ssifd', label: 'open()', value: 'quiet' },
      { step: 2, kind: 'workload', actor: 'host', label: 'which move?', value: 2 },
      { step: 5, kind: 'workload', actor: 'host', label: 'wait', value: 3 },
      { step: 346, kind: 'stall', actor: 'bmc:irq', label: 'i2c.c:67 acknowledge: INTR_STS read', value: 'quiet' },
    ]));
    expect(system.sim.taken).toHaveLength(6);
    expect(violations).toEqual([]);
  });
});
