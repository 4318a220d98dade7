import { describe, expect, it } from 'vitest';
import { CompletionCode } from '../../src/ipmi/index.ts';
import { ROUTER, ROUTER_PARAMETERS, RouterSystem, type Settings } from '../../src/scenarios/index.ts';
import { OEM_DEVICE } from '../../src/scenarios/router/router-parameters.ts';
import { play, type Script } from './script.ts';

/** One run, as the host and the router's trace tell it. */
interface Told {
  /** Completion codes that the host got. */
  readonly codes: readonly number[];
  /** Devices that requests were handed to, in order. */
  readonly handled: readonly string[];
  readonly satisfied: boolean;
  readonly violations: readonly string[];
}

function run(settings: Settings, script: Script = {}, driver = 'ipmi-router@fixed'): Told {
  const system = ROUTER.build({ driver, settings }) as RouterSystem;
  const { sim } = system;
  const { trace } = sim;
  const codes: number[] = [];
  const handled: string[] = [];
  const at = trace.code('bmc.bt.fifo.write');
  trace.on(at, (_at, _actor, value, place) => {
    if (place === 4) codes.push(value);
  });
  trace.on(trace.code('router.handed'), (_at, _actor, device) => handled.push(system.driver.core.known[device].name));
  codes.length = 0;
  handled.length = 0;
  const { violations } = play(system, script);
  return { codes, handled, satisfied: system.workload.satisfied, violations: violations.map(({ oracle, rule }) => `${oracle}/${rule}`) };
}

describe('a request goes from the host over BT to the router', () => {
  it('and by the default device to the daemon, whose answer comes back', () => {
    expect(run({})).toEqual({ codes: [0, 0], handled: ['devintf', 'devintf'], satisfied: true, violations: [] });
    expect(run({}, {}, 'ipmi-router@rfc-v1')).toEqual(run({}));
  });

  it('and to the device in the kernel that has asked for it, past the daemon', () => {
    expect(run({ oemDevice: 'boot' })).toEqual({ codes: [0, 0], handled: ['oem', 'oem'], satisfied: true, violations: [] });
  });

  it('and to the device that answers later, from a work', () => {
    expect(run({ oemDevice: 'boot', oemAnswer: 'later' })).toMatchObject({ codes: [0, 0], handled: ['oem', 'oem'], satisfied: true });
  });

  it.each(['at-once', 'later'])('and is told CAh where the answer does not fit the FIFO, from a device that answers %s', (oemAnswer) => {
    const { codes } = run({ oemDevice: 'boot', oemAnswer, requests: 1, length: 62 });
    expect(new Set(codes)).toEqual(new Set([CompletionCode.CANNOT_RETURN_DATA]));
  });

  it('and nowhere, where nobody wants it: C1h "invalid command"', () => {
    const { codes, handled } = run({ defaultDevice: 'none' });
    expect(handled).toEqual([]);
    expect(codes.length).toBeGreaterThan(1);
    expect(new Set(codes)).toEqual(new Set([CompletionCode.INVALID_COMMAND]));
  });

  it('and nobody has the command while the default device is not there yet', () => {
    const told = run({ defaultDevice: 'late' });
    expect(told.codes[0]).toBe(CompletionCode.INVALID_COMMAND);
    expect(told).toMatchObject({ satisfied: true, violations: [] });
    expect(told.handled.at(-1)).toBe('devintf');
  });
});

describe('a device that goes away with a request', () => {
  const settings = { oemDevice: 'boot-and-gone', oemAnswer: 'later', requests: 1 };

  it('is answered for: D3h "destination unavailable"', () => {
    expect(run(settings)).toMatchObject({ codes: [CompletionCode.DESTINATION_UNAVAILABLE, 0], handled: ['oem', 'devintf'], satisfied: true, violations: [] });
  });

  it('is not, by rfc-v1: the host waits for its time-out, and asks again', () => {
    const told = run(settings, {}, 'ipmi-router@rfc-v1');
    expect(told).toMatchObject({ codes: [0], handled: ['oem', 'devintf'], satisfied: true });
    expect(told.violations).toEqual(['lost-response/device-gone']);
  });
});

describe('the parameters of the router', () => {
  it.each(OEM_DEVICE)('a request is answered whatever becomes of the OEM device: %s', (oemDevice) => {
    for (const secondOem of [0, 1]) expect(run({ oemDevice, secondOem })).toMatchObject({ satisfied: true, violations: [] });
  });

  it('are served without an interrupt of the BMC, by interrupt of the host, and polled', () => {
    for (const settings of [{ bmcIrq: 0 }, { hostMode: 'irq' }, { hostMode: 'poll' }]) {
      expect(run(settings)).toMatchObject({ codes: [0, 0], satisfied: true, violations: [] });
    }
  });

  it('have a default within their bounds, a source and a text, and names of their own', () => {
    for (const { name, default: value, min, max, words, source, text } of ROUTER_PARAMETERS) {
      if (words === undefined) expect(Number(value) >= min! && Number(value) <= max!, name).toBe(true);
      else expect(words, name).toContain(value);
      expect([source, text].every((field) => field !== ''), name).toBe(true);
    }
    expect(new Set(ROUTER_PARAMETERS.map(({ name }) => name)).size).toBe(ROUTER_PARAMETERS.length);
  });
});

describe('--driver', () => {
  it('names the router, its bus driver, or both', () => {
    expect(ROUTER.wholeDriver('ipmi-router@fixed')).toBe('ipmi-router@fixed,bt-aspeed@fixed');
    expect(ROUTER.wholeDriver('bt-aspeed@rfc-v1')).toBe('ipmi-router@rfc-v1,bt-aspeed@rfc-v1');
    expect(ROUTER.wholeDriver('bt-aspeed@rfc-v1,ipmi-router@fixed')).toBe('ipmi-router@fixed,bt-aspeed@rfc-v1');
    expect(() => ROUTER.wholeDriver('kcs-bmc@v2')).toThrow(/knows ipmi-router, bt-aspeed/);
    expect(() => ROUTER.wholeDriver('ipmi-router@v7')).toThrow(/there are ipmi-router@rfc-v1, ipmi-router@fixed/);
  });
});
