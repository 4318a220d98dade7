import { describe, expect, it } from 'vitest';
import {
  KCS, KCS_ORACLES, KCS_PARAMETERS, SCENARIOS, UsageError, Values, kcsBmcVersion, parseSetting, scenario, type BuildOptions, type Parameter,
} from '../../src/scenarios/index.ts';

const PARAMETERS: readonly Parameter[] = [
  { name: 'count', default: 2, min: 1, max: 8, unit: 'bytes', source: 's', text: 't' },
  { name: 'word', default: 'a', words: ['a', 'b'], source: 's', text: 't' },
];

/** The message of a UsageError, which is one line. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as UsageError;
    expect(message).not.toContain('\n');
    return message;
  }
  throw new Error('nothing was refused');
}

describe('Values', () => {
  it('gives defaults, and what was set', () => {
    const values = new Values(PARAMETERS, { count: 8 });
    expect([values.number('count'), values.word('word')]).toEqual([8, 'a']);
    expect([values.fixed('count'), values.fixed('word')]).toEqual([true, false]);
    expect(new Values(PARAMETERS, { count: 1, word: 'b' }).word('word')).toBe('b');
  });

  it.each([
    [{ nobody: 1 }, 'unknown parameter "nobody" (see: inband list parameters)'],
    [{ count: 0 }, 'parameter count=0: expected 1 to 8 bytes'],
    [{ count: 9 }, 'parameter count=9: expected 1 to 8 bytes'],
    [{ count: 'two' }, 'parameter count=two: expected an integer'],
    [{ count: 1.5 }, 'parameter count=1.5: expected an integer'],
    [{ count: Number.NaN }, 'parameter count=NaN: expected an integer'],
    [{ count: 2 ** 53 }, 'parameter count=9007199254740992: expected an integer'],
    [{ word: 'c' }, 'parameter word=c: expected one of a, b'],
    [{ word: 1 }, 'parameter word=1: expected one of a, b'],
    [{ toString: 1 }, 'unknown parameter "toString" (see: inband list parameters)'],
  ])('refuses %j', (settings, message) => {
    expect(refusal(() => new Values(PARAMETERS, settings))).toBe(message);
  });

  it('knows no number by the name of a word', () => {
    expect(() => new Values(PARAMETERS, {}).number('word')).toThrow('word is not a number');
    expect(() => new Values(PARAMETERS, {}).word('nobody')).toThrow('nobody is not a word');
  });

  it.each(KCS_PARAMETERS.filter(({ words }) => words === undefined))('refuses $name beyond its bounds', ({ name, min, max }) => {
    for (const value of [min! - 1, max! + 1]) {
      expect(refusal(() => new Values(KCS_PARAMETERS, { [name]: value }))).toContain(`parameter ${name}=${value}: expected ${min} to ${max}`);
    }
  });
});

describe('parseSetting', () => {
  it.each([
    ['channel=3', ['channel', 3]], ['a=-1', ['a', -1]], ['hostMode=irq', ['hostMode', 'irq']], ['a=b=c', ['a', 'b=c']],
    ['a=1e3', ['a', '1e3']], ['a=12345678901234567', ['a', '12345678901234567']],
  ])('reads %s', (text, expected) => {
    expect(parseSetting(text)).toEqual(expected);
  });

  it.each([
    ['channel', '--set channel: expected name=value'], ['=3', '--set =3: expected name=value'], ['a=', '--set a=: expected a value after "="'],
  ])('refuses %s', (text, message) => {
    expect(refusal(() => parseSetting(text))).toBe(message);
  });
});

describe('scenario kcs', () => {
  const options = (changes: Partial<BuildOptions>): BuildOptions => ({ settings: {}, ...changes });

  it('is found by name', () => {
    expect(scenario('kcs')).toBe(KCS);
    expect(SCENARIOS).toContain(KCS);
    expect(refusal(() => scenario('kvm'))).toBe(`unknown scenario "kvm": there are ${SCENARIOS.map(({ name }) => name).join(', ')}`);
  });

  it.each([
    [{ driver: 'kcs-bmc@v3' }, /^unknown version "kcs-bmc@v3": there are kcs-bmc@v2, .*, kcs-bmc@fixed$/],
    [{ driver: 'kcs-bmc' }, /^unknown version "kcs-bmc": there are /],
    [{ driver: 'bt-bmc@v1' }, /^unknown driver "bt-bmc@v1": scenario kcs knows kcs-bmc@v2/],
    [{ driver: 'kcs-bmc@v2@v2' }, /^unknown driver "kcs-bmc@v2@v2"/],
    [{ host: 'ipmi_si@5.0' }, /^unknown host "ipmi_si@5.0": there are ipmi_si@6.1$/],
    [{ daemon: 'ipmid' }, /^unknown daemon "ipmid": there are kcsd, kcsbridged$/],
    [{ oracles: ['hang', 'bang'] }, /^unknown oracle "bang": there are torn-message, .*, data-race$/],
    [{ settings: { channel: 5 } }, /^parameter channel=5: expected 1 to 4$/],
    [{ settings: { chanel: 3 } }, /^unknown parameter "chanel"/],
    [{ settings: { btFifoDepth: 64 } }, /^unknown parameter "btFifoDepth"/], // nobody talks to the iBT block
  ])('refuses %j', (changes, message) => {
    expect(refusal(() => KCS.build(options(changes)))).toMatch(message);
    expect(refusal(() => KCS.models(options(changes)))).toMatch(message);
  });

  it('knows each of its drivers, and the default', () => {
    for (const driver of [...KCS.drivers, KCS.defaultDriver]) expect(`kcs-bmc@${kcsBmcVersion(driver).version}`).toBe(driver);
    expect(KCS.oracles).toEqual([...KCS_ORACLES, 'data-race']);
  });

  it('names the models of all that a finding depends on', () => {
    expect(Object.keys(KCS.models(options({ driver: 'kcs-bmc@fixed' })))).toEqual(
      ['driver kcs-bmc@fixed', 'hardware', 'host', 'daemon', 'scenario kcs']);
    for (const model of Object.values(KCS.models(options({})))) expect(Number.isSafeInteger(model)).toBe(true);
  });

  it('judges only the oracles that are asked for', () => {
    const all = KCS.build(options({})).execute({ plan: [], draw: () => 0 });
    expect(all.violations.map(({ oracle }) => oracle)).toContain('sleep-in-atomic');
    const system = KCS.build(options({ oracles: ['wrong-response'] }));
    expect(system.execute({ plan: [], draw: () => 0 }).violations).toEqual([]);
  });

  it('draws nothing that is set', () => {
    const asked = (settings: BuildOptions['settings']): string[] => {
      const labels = new Set<string>();
      KCS.build({ settings }).execute({
        plan: [],
        draw(_kind, _actor, _step, _n, label) {
          labels.add(label);
          return 0;
        },
      });
      return [...labels];
    };
    const free = asked({});
    for (const [name, value, label] of [
      ['preempt', 'none', 'preempt'], ['cpus', 1, 'cpus'], ['hostMode', 'kipmid', 'hostMode'], ['threads', 1, 'threads'],
      ['requests', 2, 'more requests'], ['length', 8, 'length'],
    ] as const) {
      expect(free).toContain(label);
      expect(asked({ [name]: value })).not.toContain(label);
    }
  });
});
