import { describe, expect, it } from 'vitest';
import { Hunter, type Finding } from '../../src/explore/index.ts';
import {
  BT_CLOSE_OPEN, BT_PARAMETERS, KCS_PARAMETERS, KCS_READ_RESTART, SSIF_PARAMETERS, SSIF_RESPONSE_TIMER, SSIF_STOP_START, scenario, type Parameter, type Scenario,
} from '../../src/scenarios/index.ts';
import { NOMINAL, type Chooser } from '../../src/sim/index.ts';

interface Narrow {
  readonly narrow: Scenario;
  /** Those of the wide scenario. */
  readonly parameters: readonly Parameter[];
  /** A version that has what the scenario is for, and one that has not. */
  readonly broken: string;
  readonly mended: string;
  readonly finds: string;
  /** Where the one stall that it takes sits. */
  readonly held: RegExp;
}

const ALL: readonly Narrow[] = [
  {
    narrow: KCS_READ_RESTART, parameters: KCS_PARAMETERS, broken: 'kcs-bmc@mainline', mended: 'kcs-bmc@fixed',
    finds: 'wrong-response/answers-another-request', held: /^bmc:kcsd kcs_bmc_ipmi_read: /,
  },
  {
    narrow: BT_CLOSE_OPEN, parameters: BT_PARAMETERS, broken: 'bt-bmc@mainline', mended: 'bt-bmc@fixed',
    finds: 'stuck-busy/while-open', held: /^bmc:btd bt_bmc_release: /,
  },
  {
    narrow: SSIF_STOP_START, parameters: SSIF_PARAMETERS, broken: 'i2c-aspeed@2022', mended: 'i2c-aspeed@2023-12',
    finds: 'lost-request/never-delivered', held: /^bmc:irq aspeed_i2c_bus_irq: /,
  },
  {
    narrow: SSIF_RESPONSE_TIMER, parameters: SSIF_PARAMETERS, broken: 'ssif-bmc@mainline', mended: 'ssif-bmc@fixed',
    finds: 'wrong-response/answers-another-request', held: /^bmc:ssifd /,
  },
];

/** What quiet stalls come to in so many executions, each oracle's alone that the scenario is for. */
function stalled({ narrow, finds }: Narrow, driver: string, maxExecutions: number): readonly Finding[] {
  const build = { driver: narrow.wholeDriver(driver), settings: {}, oracles: [finds.split('/')[0]] };
  const hunter = new Hunter(narrow.build(build), { scenario: narrow.name, build, model: narrow.models(build) }, { strategy: 'stall', maxExecutions });
  while (!hunter.done) hunter.advance(100);
  return hunter.findings;
}

describe.each(ALL)('$narrow.name', (what) => {
  const { narrow, parameters, broken, mended, finds, held } = what;

  it('is known by its name, with conditions within the bounds of the wide scenario', () => {
    expect(scenario(narrow.name)).toBe(narrow);
    for (const { name, default: value } of narrow.parameters) {
      const { min, max } = parameters.find((parameter) => parameter.name === name)!;
      if (typeof value === 'number') expect(value >= min! && value <= max!, name).toBe(true);
    }
    expect(Object.keys(narrow.models({ settings: {} }))).toContain(`scenario ${narrow.name}`);
  });

  it('leaves nothing open but schedules, ties and signals', () => {
    const asked = new Set<string>();
    const chooser: Chooser = {
      plan: [],
      draw(kind, _actor, _step, _n, label) {
        asked.add(kind === 'order' ? kind : label);
        return 0;
      },
    };
    narrow.build({ settings: {} }).execute(chooser);
    expect([...asked].filter((name) => name !== 'order' && name !== 'signal')).toEqual([]);
  });

  it('shows nothing in nominal time', () => {
    for (const driver of [broken, mended]) {
      const { violations, reason } = narrow.build({ driver: narrow.wholeDriver(driver), settings: {} }).execute(NOMINAL);
      expect([reason, violations]).toEqual(['done', []]);
    }
  });

  it('shows what it is for with one stall', () => {
    const [finding, ...more] = stalled(what, broken, 1000);
    expect(more).toEqual([]);
    expect(`${finding.oracle}/${finding.rule}`).toBe(finds);
    expect(finding.decisions.map(({ kind, actor, label }) => [kind, held.test(`${actor} ${label}`)])).toEqual([['stall', true]]);
  });

  it('shows nothing of it once that is mended', () => {
    expect(stalled(what, mended, 1500)).toEqual([]);
  });
});
