import { describe, expect, it } from 'vitest';
import { driverScenario, type BuildOptions, type DriverVersion, type SystemDriver } from '../../src/scenarios/index.ts';
import { Toy } from '../explore/toys.ts';

interface FrontVersion extends DriverVersion {
  readonly front: string;
}

interface BackVersion extends DriverVersion {
  readonly back: number;
}

const FRONT: SystemDriver<FrontVersion> = {
  id: 'front', first: 'v1', other: 'fixed', versions: [{ version: 'v1', model: 1, front: 'old' }, { version: 'fixed', model: 2, front: 'new' }],
};
const BACK: SystemDriver<BackVersion> = { id: 'back', first: 'v2', versions: [{ version: 'v1', model: 3, back: 1 }, { version: 'v2', model: 4, back: 2 }] };

const COMMON = {
  text: 'a toy', model: 9, parts: { hardware: 5, host: 6, daemon: 7 }, hosts: ['host@1'], daemons: ['daemon'], oracles: ['hang', 'data-race'],
  parameters: [{ name: 'count', default: 1, min: 1, max: 2, source: 's', text: 't' }],
};

/** What the scenarios below have built, in order. */
const built: (readonly [options: BuildOptions, ...versions: (string | number)[]])[] = [];

const ONE = driverScenario({
  ...COMMON, name: 'one', bmcDrivers: [FRONT],
  system(options, [front]) {
    built.push([options, front.front]);
    return new Toy();
  },
});

const TWO = driverScenario({
  ...COMMON, name: 'two', bmcDrivers: [FRONT, BACK],
  hostModel: (host = 'host@2') => ({ [`host ${host}`]: 8 }),
  system(options, [front, back]) {
    built.push([options, front.front, back.back]);
    return new Toy();
  },
});

const options = (changes: Partial<BuildOptions>): BuildOptions => ({ settings: {}, ...changes });

describe('a scenario around drivers', () => {
  it('lists every version of each, and begins with the first', () => {
    expect(ONE.drivers).toEqual(['front@v1', 'front@fixed']);
    expect(TWO.drivers).toEqual(['front@v1', 'front@fixed', 'back@v1', 'back@v2']);
    expect([ONE.defaultDriver, TWO.defaultDriver]).toEqual(['front@v1', 'front@v1,back@v2']);
  });

  it('completes what is named with what the others are hunted with, in the order of the system', () => {
    const { wholeDriver } = TWO;
    expect(wholeDriver('front@v1')).toBe('front@v1,back@v2');
    expect(wholeDriver('back@v1')).toBe('front@fixed,back@v1');
    expect(wholeDriver('back@v1,front@v1')).toBe('front@v1,back@v1');
    expect(ONE.wholeDriver('front@fixed')).toBe('front@fixed');
  });

  it('builds its system of the versions that are named', () => {
    built.length = 0;
    ONE.build(options({}));
    ONE.build(options({ driver: 'front@fixed' }));
    TWO.build(options({}));
    TWO.build(options({ driver: 'back@v1', settings: { count: 2 } }));
    expect(built.map(([, ...versions]) => versions)).toEqual([['old'], ['new'], ['old', 2], ['new', 1]]);
    expect(built[3][0].settings).toEqual({ count: 2 });
  });

  it('builds it to be observed if it is asked to, or for data races', () => {
    built.length = 0;
    for (const changes of [{}, { oracles: ['hang'] }, { observed: true }, { oracles: ['hang', 'data-race'] }]) ONE.build(options(changes));
    expect(built.map(([{ observed }]) => observed)).toEqual([false, false, true, true]);
  });

  it('records the models of all that it is made of, in this order', () => {
    expect(Object.entries(ONE.models(options({})))).toEqual([['driver front@v1', 1], ['hardware', 5], ['host', 6], ['daemon', 7], ['scenario one', 9]]);
    expect(Object.entries(TWO.models(options({ driver: 'back@v1', host: 'host@1' })))).toEqual([
      ['driver front@fixed', 2], ['driver back@v1', 3], ['hardware', 5], ['host host@1', 8], ['host', 6], ['daemon', 7], ['scenario two', 9],
    ]);
    expect(TWO.models(options({}))).toHaveProperty(['host host@2'], 8);
  });

  it.each([
    [ONE, { driver: 'front@v7' }, 'unknown version "front@v7": there are front@v1, front@fixed'],
    [ONE, { driver: 'back@v1' }, 'unknown driver "back@v1": scenario one knows front@v1, front@fixed'],
    [ONE, { driver: 'front@v1,front@v1' }, 'unknown driver "front@v1,front@v1": scenario one knows front@v1, front@fixed'],
    [TWO, { driver: 'back@v7' }, 'unknown version "back@v7": there are back@v1, back@v2'],
    [TWO, { driver: 'side@v1' }, 'unknown driver "side@v1": scenario two knows front, back'],
    [TWO, { driver: 'back@v1,back@v2' }, 'driver back is given twice: back@v1 and back@v2'],
    [TWO, { driver: 'front@v1,' }, 'unknown driver "": scenario two knows front, back'],
    [ONE, { host: 'host@3' }, 'unknown host "host@3": there are host@1'],
    [ONE, { daemon: 'd' }, 'unknown daemon "d": there are daemon'],
    [ONE, { oracles: ['hang', 'bang'] }, 'unknown oracle "bang": there are hang, data-race'],
    [ONE, { settings: { count: 3 } }, 'parameter count=3: expected 1 to 2'],
  ])('refuses what it does not know: %#', (scenario, changes, message) => {
    built.length = 0;
    expect(() => scenario.models(options(changes))).toThrow(message);
    expect(() => scenario.build(options(changes))).toThrow(message);
    expect(built).toEqual([]);
  });

  it('judges what is left of its oracles where some are taken away', () => {
    const fewer = { ...ONE, oracles: ['hang'] };
    expect(() => fewer.build(options({ oracles: ['data-race'] }))).toThrow('unknown oracle "data-race": there are hang');
  });
});
