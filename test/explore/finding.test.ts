import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/sim/index.ts';
import {
  Hunter, buildOptionsOf, causeOf, checkDeterminism, formatNondeterminism, isWithin, jsonError, makeFinding, parseFinding, replay, serializeFinding,
  type Finding,
} from '../../src/explore/index.ts';
import { UsageError } from '../../src/scenarios/system.ts';
import { SUBJECT, faultAndStall, lostUpdate } from './toys.ts';

function findOne(): Finding {
  const hunter = new Hunter(faultAndStall(), SUBJECT, { strategy: 'random', seed: 1, maxExecutions: 2000 });
  while (!hunter.done) hunter.advance(100);
  return hunter.findings[0];
}

const FOUND = findOne();
const TEXT = serializeFinding(FOUND);

describe('the text of a finding', () => {
  it('is readable, a decision to a line', () => {
    expect(TEXT).toBe(`{
  "format": "inband-finding/1",
  "id": "${FOUND.id}",
  "scenario": "toy",
  "driver": "toy@v1",
  "settings": {},
  "model": { "toy": 1 },
  "oracle": "torn-message",
  "rule": "unlocked",
  "site": "B",
  "message": "B looks while A has dropped the lock",
  "seed": 1,
  "strategy": "random",
  "execution": ${FOUND.execution},
  "kernel": { "preempt": "none", "cpus": 1 },
  "decisions": [
    { "step": 0, "kind": "fault", "actor": "A", "label": "copy fault", "value": 2 },
    { "step": 2, "kind": "stall", "actor": "A", "label": "relock", "value": "quiet" }
  ],
  "hashes": { "nominal": "${FOUND.hashes.nominal}", "run": "${FOUND.hashes.run}" }
}
`);
    expect(FOUND.id).toMatch(/^torn-message-toy-v1-[0-9a-f]{8}$/);
  });

  it('states the kernel in which it reproduces', () => {
    const decisions: Decision[] = [{ kind: 'config', actor: 'scenario', step: 0, label: 'preempt', value: 1 }];
    const violation = { oracle: 'hang', rule: 'r', site: 's', message: 'm', at: 0, step: 0 };
    const make = (settings: Record<string, number | string>, schedule: readonly Decision[]): unknown => makeFinding(
      { ...SUBJECT, build: { driver: 'd@1', settings } }, FOUND, violation, schedule, { nominal: 0, run: 0 }).kernel;
    expect(make({}, [])).toEqual({ preempt: 'none', cpus: 1 });
    expect(make({}, decisions)).toEqual({ preempt: 'full', cpus: 1 });
    expect(make({ preempt: 'full', cpus: 2 }, [])).toEqual({ preempt: 'full', cpus: 2 });
  });

  const word = fc.stringMatching(/^[ -~äµ“]{1,30}$/);
  const stallValue = fc.oneof(fc.constant('quiet'), fc.integer({ min: 1, max: 99 }).map((n) => `timeouts ${n}`),
    fc.integer({ min: 1, max: 1e12 }).map((ps) => `for ${ps} ps`), fc.nat(999).map((step) => `until bmc:irq#${step}`),
    fc.integer({ min: 1, max: 99 }).map((n) => `quiet past ${n}`), fc.integer({ min: 1, max: 99 }).map((n) => `until host#7 past ${n}`));
  const decision: fc.Arbitrary<Decision> = fc.oneof(
    fc.record({ kind: fc.constant('stall' as const), actor: word, step: fc.nat(), label: word, value: stallValue }),
    fc.record({
      kind: fc.constantFrom('order' as const, 'fault' as const, 'workload' as const, 'config' as const),
      actor: word, step: fc.nat(), label: word, value: fc.integer({ min: 1, max: 1_000_000 }),
    }));
  const finding = fc.record({
    driver: word, host: fc.option(word, { nil: undefined }), daemon: fc.option(word, { nil: undefined }),
    settings: fc.dictionary(word, fc.oneof(fc.integer(), word), { noNullPrototype: true }),
    oracles: fc.option(fc.array(word, { maxLength: 4 }), { nil: undefined }), observed: fc.option(fc.constant(true), { nil: undefined }),
    model: fc.dictionary(word, fc.nat(), { noNullPrototype: true }),
    oracle: word, rule: word, site: word, message: word, seed: fc.nat(), execution: fc.nat(),
    decisions: fc.uniqueArray(decision, { selector: (d) => `${d.kind} ${d.actor}#${d.step}`, maxLength: 6 }),
    nominal: fc.integer(), run: fc.integer(),
  }).map(({ driver, host, daemon, settings, oracles, observed, model, oracle, rule, site, message, seed, execution, decisions, nominal, run }) => {
    const build = {
      driver, settings, ...(host === undefined ? {} : { host }), ...(daemon === undefined ? {} : { daemon }),
      ...(oracles === undefined ? {} : { oracles }), ...(observed === undefined ? {} : { observed }),
    };
    return { build, finding: makeFinding(
      { scenario: 'toy', build, model }, { seed, strategy: 'random', execution },
      { oracle, rule, site, message, at: 0, step: 0 }, decisions, { nominal, run }) };
  });

  it('reads back as it was written, and builds the same system', () => {
    fc.assert(fc.property(finding, ({ build, finding }) => {
      const text = serializeFinding(finding);
      const back = parseFinding(text, 'x.json');
      expect(back).toEqual(finding);
      expect(serializeFinding(back)).toBe(text);
      expect(JSON.parse(text)).toEqual(finding);
      expect(buildOptionsOf(back)).toEqual(build);
      expect(finding.id).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]*$/);
    }));
  });
});

/** The one line with which a text is refused; undefined if it is not. */
function refusal(text: string): string | undefined {
  try {
    parseFinding(text, 'x.json');
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as UsageError;
    expect(message).toMatch(/^x\.json: [^\n\r]+$/);
    // oxlint-disable-next-line no-control-regex
    expect(message).not.toMatch(/[\u0000-\u001f]/);
    expect(message.length).toBeLessThan(300);
    return message;
  }
}

describe('a text that is no finding', () => {
  const changed = (change: (o: Record<string, unknown>) => void): string | undefined => {
    const o = JSON.parse(TEXT) as Record<string, unknown>;
    change(o);
    return refusal(JSON.stringify(o));
  };
  const decision = (o: Record<string, unknown>, i: number): Record<string, unknown> => (o['decisions'] as Record<string, unknown>[])[i];

  it('is refused with one line that says what is wrong, and where', () => {
    expect(refusal('')).toBe('x.json: is empty, expected JSON');
    expect(refusal('hello')).toBe('x.json: is not JSON: line 1, column 1');
    expect(refusal('{\n  "a": 1,\n  x\n}')).toBe('x.json: is not JSON: line 3, column 3');
    expect(refusal(`${TEXT}{}`)).toBe(`x.json: is not JSON: line ${TEXT.split('\n').length}, column 1`);
    expect(refusal(TEXT.slice(0, 200))).toBe('x.json: is not JSON: it ends too early');
    expect(refusal('[]')).toBe('x.json: expected an object');
    expect(refusal('{"format":"inband-hunt/1"}')).toBe('x.json: format: expected "inband-finding/1"');
    expect(changed((o) => {
      delete o['rule'];
    })).toBe('x.json: rule is missing');
    expect(changed((o) => {
      o['colour'] = 'red';
    })).toBe('x.json: colour: no such member in inband-finding/1');
    expect(changed((o) => {
      decision(o, 1)['value'] = 'never';
    })).toBe('x.json: decisions[1].value: expected "quiet", "timeouts N", "until ACTOR#STEP" (quiet and until also with " past N") or "for N ps"');
    expect(changed((o) => {
      decision(o, 0)['value'] = 0;
    })).toBe('x.json: decisions[0].value: expected an integer, 1 or more');
    expect(changed((o) => {
      decision(o, 0)['step'] = 1.5;
    })).toBe('x.json: decisions[0].step: expected an integer, 0 or more');
    expect(changed((o) => {
      decision(o, 0)['kind'] = 'luck';
    })).toBe('x.json: decisions[0].kind: expected one of stall, timing, order, fault, workload, config');
    expect(changed((o) => {
      Object.assign(decision(o, 0), decision(o, 1));
    })).toBe('x.json: decisions[1]: is at the same place as decisions[0]');
    expect(changed((o) => {
      o['id'] = '../../etc/passwd';
    })).toBe('x.json: id: expected letters, digits and hyphens');
    expect(changed((o) => {
      o['message'] = '\u001b[2J';
    })).toBe('x.json: message: expected a text without control characters');
    expect(changed((o) => {
      o['settings'] = { preempt: null };
    })).toBe('x.json: settings.preempt: expected an integer or a word');
    expect(changed((o) => {
      o['hashes'] = { nominal: '0', run: '00000000' };
    })).toBe('x.json: hashes.nominal: expected 8 hexadecimal digits');
  });

  it('is refused wherever it was cut off', () => {
    for (let length = 0; length < TEXT.trimEnd().length; length++) expect(refusal(TEXT.slice(0, length))).toBeDefined();
  });

  it('is refused, never crashes, whatever value stands anywhere', () => {
    const paths = [...leaves(JSON.parse(TEXT), [])];
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom(null, -1, 1.5, 1e300, '', '\n', [], {}, true));
    fc.assert(fc.property(fc.constantFrom(...paths), values, (path, value) => {
      const o = JSON.parse(TEXT) as unknown;
      const before = put(o, path, value);
      const message = refusal(JSON.stringify(o));
      if (typeof value !== typeof before && !(path[0] === 'settings')) expect(message).toBeDefined();
    }), { numRuns: 2000 });
  });

  it('is refused, never crashes, whatever character is changed', () => {
    fc.assert(fc.property(fc.nat(TEXT.length - 1), fc.string({ minLength: 1, maxLength: 3, unit: 'binary' }), (at, insert) => {
      const text = TEXT.slice(0, at) + insert + TEXT.slice(at + 1);
      // What is still read must be a finding that serialises to one that is read.
      if (refusal(text) === undefined) expect(refusal(serializeFinding(parseFinding(text, 'x.json')))).toBeUndefined();
    }), { numRuns: 2000 });
  });
});

describe('where a text stops being JSON', () => {
  const engine = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it('agrees with the engine about what is JSON', () => {
    fc.assert(fc.property(fc.json(), (text) => jsonError(text) === undefined), { numRuns: 500 });
    fc.assert(fc.property(fc.json(), fc.nat(), fc.constantFrom(...'{}[],:"\\ \n0123eE+-.tfnu\u0001'), fc.boolean(), (json, where, c, insert) => {
      const at = where % (json.length + 1);
      const text = json.slice(0, at) + c + json.slice(at + (insert ? 0 : 1));
      expect(jsonError(text) === undefined).toBe(engine(text));
    }), { numRuns: 5000 });
  });

  it('is not troubled by depth', () => {
    expect(jsonError('['.repeat(100_000))).toBe('is not JSON: it ends too early');
  });
});

type Path = readonly (string | number)[];

function* leaves(value: unknown, path: Path): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) yield* leaves(member, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** Puts a value at a path; returns what was there. */
function put(root: unknown, path: Path, value: unknown): unknown {
  let at = root as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path[path.length - 1];
  const before = at[last];
  at[last] = value;
  return before;
}

describe('a replay', () => {
  it('reproduces the finding in a fresh system, step by step', () => {
    const result = replay(faultAndStall(), parseFinding(TEXT, 'x.json'));
    expect(result).toMatchObject({ reproduces: true, same: true, divergence: null, unused: [] });
    expect(result.violation?.message).toBe(FOUND.message);
    expect(result.outcome.taken).toEqual(FOUND.decisions);
  });

  it('says so when it does not', () => {
    const result = replay(faultAndStall(), { ...FOUND, decisions: FOUND.decisions.slice(0, 1) });
    expect(result).toMatchObject({ reproduces: false, same: false, violation: undefined });
    const other = replay(lostUpdate(), FOUND);
    expect(other.reproduces).toBe(false);
    expect(other.unused.length + (other.divergence === null ? 0 : 1)).toBeGreaterThan(0);
  });

  it('finds no nondeterminism where there is none', () => {
    expect(checkDeterminism(faultAndStall(), FOUND, faultAndStall)).toBeNull();
  });

  it('shows the first step at which two runs part', () => {
    // State that survives the reset: the very thing that the check is for.
    let runs = 0;
    const toy = faultAndStall();
    const leak = toy.op('leak', 'leak', () => runs);
    toy.actor('leaky', 0, function* () {
      yield leak;
      runs++;
    });
    const found = checkDeterminism(toy, FOUND);
    expect(found).toMatchObject({ run: 'the same system again', expected: { context: 'leaky', label: 'leak', value: 0 }, found: { value: 1 } });
    expect(formatNondeterminism(found!)).toMatch(/^the same system again differs at step \d+: leaky "leak" = 1 at \d+ ps instead of leaky "leak" = 0 at \d+ ps$/);
  });

  it('sees what differs only in a system built anew', () => {
    const anew = checkDeterminism(faultAndStall(), FOUND, lostUpdate);
    expect(anew?.run).toBe('a system built anew');
  });
});

describe('a cause', () => {
  const at = (step: number, label: string, value: Decision['value'] = 'quiet'): Decision => ({ kind: 'stall', actor: 'A', step, label, value });

  it('is made of actors and sites, not of moments, sizes and counts', () => {
    expect(causeOf('hang', 'r', [at(1, 'copy 4'), at(9, 'copy 12')])).toBe(causeOf('hang', 'r', [at(3, 'copy 1', 'timeouts 2')]));
    expect(causeOf('hang', 'r', [at(1, 'copy')])).not.toBe(causeOf('hang', 'r', [at(1, 'unlock')]));
    expect(causeOf('hang', 'r', [at(1, 'copy')])).not.toBe(causeOf('hang', 'q', [at(1, 'copy')]));
    expect(causeOf('hang', 'r', [at(1, 'a'), at(2, 'b')])).toBe(causeOf('hang', 'r', [at(2, 'b'), at(1, 'a')]));
  });

  it('is another if the answer is another to a question whose answers differ in kind', () => {
    const answer = (label: string, value: number): Decision => ({ kind: 'workload', actor: 'host', step: 2, label, value });
    expect(causeOf('hang', 'r', [answer('which move?', 2)])).not.toBe(causeOf('hang', 'r', [answer('which move?', 3)]));
    expect(causeOf('hang', 'r', [answer('length', 2)])).toBe(causeOf('hang', 'r', [answer('length', 3)]));
  });

  it('does not ask which of a daemon’s threads it was', () => {
    expect(causeOf('hang', 'r', [{ ...at(1, 'copy'), actor: 'bmc:kcsd/2' }])).toBe(causeOf('hang', 'r', [{ ...at(1, 'copy'), actor: 'bmc:kcsd' }]));
  });

  const draw = (label: string, value: number): Decision => ({ kind: 'workload', actor: 'host', step: 0, label, value });

  it('that holds all departures of a smaller one is that one, brought about later or by a longer way', () => {
    expect(isWithin([draw('host move', 1), at(3, 'copy')], [draw('more requests', 1), draw('host move', 1), at(30, 'copy')])).toBe(true);
    expect(isWithin([at(3, 'copy')], [at(9, 'copy', 'timeouts 1'), at(4, 'poll')])).toBe(true);
  });

  it('is another one if an answer or a site is, or if the smaller has a stall that is harder to end', () => {
    expect(isWithin([draw('host move', 1)], [draw('host move', 2), at(3, 'copy')])).toBe(false);
    expect(isWithin([at(3, 'copy')], [at(3, 'unlock'), draw('host move', 1)])).toBe(false);
    expect(isWithin([at(3, 'copy', 'until B#4')], [at(3, 'copy', 'timeouts 1'), at(4, 'poll')])).toBe(false);
    expect(isWithin([at(3, 'copy'), at(4, 'copy')], [at(3, 'copy'), at(4, 'poll'), at(5, 'lock')])).toBe(false);
    expect(isWithin([at(3, 'copy')], [at(9, 'copy')])).toBe(false);
    expect(isWithin([], [at(9, 'copy')])).toBe(false);
  });
});
