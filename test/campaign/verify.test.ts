import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refind, suspects, triage, verify, type Refound, type Witness } from '../../src/campaign/index.ts';
import { Hunter, findingId, type Finding } from '../../src/explore/index.ts';
import type { Scenario } from '../../src/scenarios/index.ts';
import type { Decision } from '../../src/sim/index.ts';
import { SUBJECT, sixFaults, threeCauses, twoStalls, type Toy } from '../explore/toys.ts';
import { toyScenario } from './toy-scenario.ts';

/** All that a hunt finds in a toy. */
function findingsOf(build: () => Toy, maxExecutions = 2000): readonly Finding[] {
  const hunter = new Hunter(build(), SUBJECT, { strategy: 'random', keepGoing: true, maxExecutions });
  while (!hunter.done) hunter.advance(500);
  return hunter.findings;
}

/** Goes through a search to its end. */
function searched(finding: Finding, scenario: Scenario): Refound | null {
  const search = refind(finding, scenario);
  for (let turns = 1; ; turns++) {
    const { done, value } = search.next();
    if (done !== true) continue;
    // It lets signals be heard meanwhile.
    expect(turns).toBeGreaterThan(1);
    return value;
  }
}

const SCENARIO = toyScenario('toy', twoStalls);
const [FINDING] = findingsOf(twoStalls);

describe('verify', () => {
  it('a finding reproduces, by the same run or by another', () => {
    expect(verify(FINDING, SCENARIO)).toEqual({ verdict: 'reproduces', message: FINDING.message, changes: [] });
    expect(verify({ ...FINDING, hashes: { ...FINDING.hashes, run: '00000000' } }, SCENARIO)).toMatchObject({ verdict: 'differs', message: FINDING.message });
  });

  it('or does not', () => {
    expect(verify({ ...FINDING, decisions: [] }, SCENARIO)).toEqual({ verdict: 'gone', message: null, changes: [] });
  });

  it('or is stale by a change of a model, which is named; then it is not run', () => {
    const changed = toyScenario('toy', () => {
      throw new Error('it is run');
    }, 2);
    expect(verify(FINDING, changed)).toEqual({ verdict: 'stale', message: null, changes: [{ name: 'toy', was: 1, is: 2 }] });
    expect(verify({ ...FINDING, model: { other: 3 } }, SCENARIO).changes).toEqual([{ name: 'other', was: 3, is: null }, { name: 'toy', was: null, is: 1 }]);
  });

  it('a driver of one’s own that has changed makes nothing stale', () => {
    const own = { ...toyScenario('toy', twoStalls), models: () => ({ toy: 1, 'driver own@mine.ts': 8 }) };
    const found = { ...FINDING, model: { toy: 1, 'driver own@mine.ts': 7 } };
    expect(verify(found, own)).toEqual({ verdict: 'reproduces', message: FINDING.message, changes: [{ name: 'driver own@mine.ts', was: 7, is: 8 }] });
    expect(verify({ ...found, model: { toy: 0, 'driver own@mine.ts': 7 } }, own).verdict).toBe('stale');
  });
});

describe('refind', () => {
  const now = toyScenario('toy', twoStalls, 2);

  it('by the schedule that it had, in the models of now', () => {
    const refound = searched(FINDING, now);
    expect(refound).toMatchObject({ by: 'schedule', finding: { id: FINDING.id, decisions: FINDING.decisions, model: { toy: 2 } } });
    expect(verify(refound!.finding, now).verdict).toBe('reproduces');
  });

  it('by its strategy from its seed, where that schedule shows nothing any more', () => {
    const refound = searched({ ...FINDING, decisions: [] }, now);
    expect(refound).toMatchObject({ by: 'seed', finding: { id: FINDING.id, seed: FINDING.seed, strategy: 'random', model: { toy: 2 } } });
    expect(verify(refound!.finding, now).verdict).toBe('reproduces');
  });

  it('not at all, where the rule is kept', () => {
    expect(searched({ ...FINDING, execution: 10 }, toyScenario('toy', () => sixFaults(() => undefined), 2))).toBeNull();
  });
});

describe('triage', () => {
  it('a cause each, whichever the driver, and its simplest witness first', () => {
    const found = findingsOf(threeCauses);
    expect(found.length).toBe(3);
    const other = (finding: Finding): Finding => {
      const [first] = finding.decisions;
      const decisions = [{ ...first, step: first.step + 100, value: 9 }];
      return { ...finding, driver: 'toy@v2', id: findingId('toy@v2', finding.oracle, finding.rule, decisions), decisions };
    };
    const witnesses = [...found.map(other), ...found].map((finding, i): Witness => ({ finding, file: `${i}.json` }));
    const causes = triage(witnesses);
    expect(causes.map(({ traits }) => traits)).toHaveLength(3);
    for (const { witnesses: [best, worse], traits } of causes) {
      expect([best.finding.driver, worse.finding.driver]).toEqual(['toy@v1', 'toy@v2']);
      expect(traits).toHaveLength(1);
    }
    expect(triage([...witnesses].reverse())).toEqual(causes);
  });

  it('of two alike the one with the plainer kernel', () => {
    const rich: Finding = { ...FINDING, kernel: { preempt: 'full', cpus: 2 } };
    const [{ witnesses }] = triage([{ finding: rich, file: 'a' }, { finding: FINDING, file: 'b' }]);
    expect(witnesses.map(({ file }) => file)).toEqual(['b', 'a']);
    expect(triage([])).toEqual([]);
  });
});

describe('what looks like one bug', () => {
  /** A finding of that oracle and rule, by stalls and draws as `actor label`; a draw begins with a question mark. */
  function witness(oracle: string, rule: string, ...departures: readonly string[]): Witness {
    const decisions = departures.map((text, step): Decision => {
      const [actor, ...label] = text.replace('?', '').split(' ');
      return text.startsWith('?')
        ? { kind: 'workload', actor, step, label: label.join(' '), value: 1 }
        : { kind: 'stall', actor, step, label: label.join(' '), value: 'quiet' };
    });
    return { finding: { ...FINDING, oracle, rule, decisions }, file: `${oracle} ${rule} ${departures.join(' ')}` };
  }

  function looks(...found: readonly Witness[]): string[][] {
    return suspects(triage(found)).map(({ causes }) => causes.map(({ witnesses: [{ file }] }) => file));
  }

  it('the same window, whatever else is needed and whatever state the race leaves behind', () => {
    const race = witness('state-mismatch', 'ERROR-in-READ', 'bmc:kcsd abort: IDR3');
    const longer = witness('state-mismatch', 'ERROR-in-IDLE', 'bmc:kcsd abort: IDR3', 'host inb', '?bmc:kcsd crash');
    expect(looks(longer, race)).toEqual([[race.file, longer.file]]);
  });

  it('not another window, nor another oracle', () => {
    const [a, b, c] = [witness('errno', 'r', 'bmc:kcsd read'), witness('errno', 'r', 'bmc:kcsd write'), witness('hang', 'r', 'bmc:kcsd read')];
    expect(looks(a, b, c)).toEqual([[a.file], [b.file], [c.file]]);
  });

  it('without a window the same rule, but never a race', () => {
    const [plain, other] = [witness('protocol', 'code', '?bmc:kcsd short buffer'), witness('protocol', 'code', '?host move')];
    const [race, rule] = [witness('protocol', 'code', 'bmc:kcsd read'), witness('protocol', 'phase', '?host move')];
    expect(looks(race, other, rule, plain).map((group) => group.length).sort()).toEqual([1, 1, 2]);
    expect(looks(plain, race)).toHaveLength(2);
  });

  it('where only the host is held, that is the window', () => {
    const [a, b] = [witness('errno', 'r', 'host transfer'), witness('errno', 'r', 'host transfer', '?host move')];
    expect(looks(a, b, witness('errno', 'r', 'host other'))).toEqual([['errno r host other'], [a.file, b.file]]);
  });

  it('every cause is in one of them, and their order is that of the causes, however they come', () => {
    const departure = fc.constantFrom('bmc:a x', 'bmc:a y', 'bmc:b x', 'host z', '?host move', '?bmc:a crash');
    const one = fc.tuple(fc.constantFrom('errno', 'hang'), fc.constantFrom('r', 's'), fc.array(departure, { maxLength: 4 }))
      .map(([oracle, rule, departures]) => witness(oracle, rule, ...departures));
    fc.assert(fc.property(fc.array(one, { maxLength: 12 }), (found) => {
      const causes = triage(found);
      const groups = suspects(causes);
      expect(new Set(groups.flatMap((group) => group.causes))).toEqual(new Set(causes));
      expect(groups.flatMap((group) => group.causes)).toHaveLength(causes.length);
      expect(suspects([...causes].reverse())).toEqual(groups);
    }));
  });
});
