import { describe, expect, it } from 'vitest';
import { CARELESS_BT_I2C_MOVES } from '../../src/host/index.ts';
import { ROUTER_I2C, type RouterI2cSystem, type Settings } from '../../src/scenarios/index.ts';
import { RandomSchedule, actorsOf } from './random-schedule.ts';
import { play, type Script } from './script.ts';

function run(settings: Settings, script: Script = {}, driver = 'ipmi-router@fixed'): { satisfied: boolean; handled: readonly string[]; violations: readonly string[] } {
  const system = ROUTER_I2C.build({ driver, settings }) as RouterI2cSystem;
  const { trace } = system.sim;
  const handled: string[] = [];
  trace.on(trace.code('router.handed'), (_at, _actor, device) => handled.push(system.driver.core.known[device].name));
  const { violations } = play(system, script);
  return { satisfied: system.workload.satisfied, handled, violations: violations.map(({ oracle, rule }) => `${oracle}/${rule}`) };
}

describe('a request goes from the host over I2C to the router', () => {
  it('and by the default device to the daemon, whose answer comes back', () => {
    expect(run({})).toEqual({ satisfied: true, handled: ['devintf', 'devintf'], violations: [] });
    expect(run({}, {}, 'ipmi-router@rfc-v1')).toEqual(run({}));
  });

  it('and to a device in the kernel, at any address, speed and length', () => {
    for (const settings of [{}, { smbusKhz: 400 }, { bus: 3, address: 0x22 }, { length: 200 }]) {
      expect(run({ oemDevice: 'boot', ...settings })).toEqual({ satisfied: true, handled: ['oem', 'oem'], violations: [] });
    }
  });

  it('and is answered by the router for a device that goes away with it', () => {
    expect(run({ oemDevice: 'boot-and-gone', oemAnswer: 'later' })).toMatchObject({ satisfied: true, violations: [] });
  });

  it.each(CARELESS_BT_I2C_MOVES.map(({ name }, i) => [name, i] as const))('and what follows is served after: %s', (_name, move) => {
    expect(run({}, { answers: { 'which move?': [move] } })).toMatchObject({ satisfied: true, violations: [] });
  });
});

it('the bus driver of the RFC takes its lock again as soon as a handler answers', () => {
  expect(run({ oemDevice: 'boot' }, {}, 'ipmi-router@fixed,bt-i2c@rfc-v1').violations).toContain('deadlock/recursive-lock');
});

it('ipmi-router@fixed on bt-i2c@fixed and i2c-aspeed@fixed is blamed for nothing', () => {
  const system = ROUTER_I2C.build({ driver: 'ipmi-router@fixed', settings: {} });
  const actors = actorsOf(system.sim);
  for (let stream = 0; stream < 60; stream++) {
    const { violations, taken } = system.execute(new RandomSchedule(23, stream, actors));
    expect({ violations, taken: violations.length > 0 ? taken : [] }).toEqual({ violations: [], taken: [] });
  }
});
