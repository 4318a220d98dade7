import { describe, expect, it } from 'vitest';
import { RESPONSE_TIMEOUT_MS } from '../../src/drivers/ssif-bmc/index.ts';
import { Ssif } from '../../src/host/ssif/ssif.ts';
import { SSIF, type Settings } from '../../src/scenarios/index.ts';
import { MS, NOMINAL, type Chooser } from '../../src/sim/index.ts';
import { SystemRig } from '../host/ssif/system-rig.ts';
import { RandomSchedule, actorsOf } from './random-schedule.ts';

/**
 * A host like Ampere's servers: ipmi_ssif on i2c-designware, which takes the count of 0 with which ssif_bmc says that it has
 * no response for a count of 1 (69f035c480d7). The other controllers have an error there, and ipmi_ssif reads again.
 */
const LONGER = (RESPONSE_TIMEOUT_MS + 100) * MS;
const UNTIL_2026 = ['mainline', '2026-04'] as const;

describe.each(UNTIL_2026)('ssif-bmc@%s with a daemon that thinks longer than RESPONSE_TIMEOUT, 500 ms', (version) => {
  /** The first bytes of the responses to three requests, each of which says with its fourth byte which one it is. */
  const responses = (kind: 'i801' | 'designware', think: number): readonly (readonly number[])[] => {
    const rig = new SystemRig(version, '2023-12', kind);
    rig.delay = think;
    const seen: number[][] = [];
    rig.run(function* () {
      const ssif = new Ssif(rig.smbus, rig.time, rig.log);
      for (const n of [1, 2, 3]) {
        const length = yield* ssif.transact(Uint8Array.of(0xc0, 0x0e, n), 3);
        seen.push([...ssif.response.subarray(0, length)]);
      }
    });
    return seen;
  };

  it('designware: the response to request 1 is one byte 00h, and request 2 has the answer to 1', () => {
    expect(responses('designware', LONGER)).toEqual([[0x00], [0xc4, 0x0e, 0, 1], [0x00]]);
  });

  it('designware: each has its own where the daemon is in time', () => {
    expect(responses('designware', 400 * MS)).toEqual([1, 2, 3].map((n) => [0xc4, 0x0e, 0, n]));
  });

  it('i801 hides it: count 0 is -EPROTO, and ipmi_ssif reads for 15 s before it asks anything else', () => {
    for (const response of responses('i801', LONGER)) expect(response).toEqual([0xc4, 0x0e, 0xff]);
  });

  /** What is broken in the nominal run: no schedule, nothing drawn. */
  const broken = (settings: Settings): readonly string[] => {
    const system = SSIF.build({ driver: `ssif-bmc@${version},i2c-aspeed@2023-12`, settings: { requests: 2, ...settings } });
    const { violations, taken } = system.execute(NOMINAL);
    expect(taken).toEqual([]);
    return violations.filter(({ oracle }) => oracle === 'wrong-response').map(({ rule, message }) => `${rule}: ${message}`);
  };

  it('the oracle wrong-response sees it without any schedule: ssif-late-write-answers-next-request', () => {
    expect(broken({ hostMode: 'designware', think: LONGER })).toEqual([
      'answers-another-request: the host asked [c0 0e 02 08 32 69 0c b2] (tag 2) and got [c4 0e 00 01 07 31 68 0b b1] (tag 1), the answer to another request',
    ]);
    expect(broken({ hostMode: 'i801', think: LONGER })).toEqual([]);
    expect(broken({ hostMode: 'designware' })).toEqual([]);
  });
});

describe('hostMode=designware', () => {
  const FIXED = 'ssif-bmc@fixed,i2c-aspeed@fixed';

  it('blames nobody on the BMC for the byte that the host itself has made of a count of 0', () => {
    for (const settings of [{ think: LONGER }, { think: LONGER, pec: 1 }, {}]) {
      const system = SSIF.build({ driver: FIXED, settings: { hostMode: 'designware', ...settings } });
      const actors = actorsOf(system.sim);
      for (let stream = 0; stream < 20; stream++) expect(system.execute(new RandomSchedule(5, stream, actors)).violations).toEqual([]);
    }
  });

  it('is only set, never drawn: there are three to draw from', () => {
    const asked: number[] = [];
    const chooser: Chooser = {
      plan: [],
      draw(_kind, _actor, _step, n, label) {
        if (label === 'hostMode') asked.push(n);
        return 0;
      },
    };
    SSIF.build({ driver: FIXED, settings: {} }).execute(chooser);
    expect(asked).toEqual([3]);
    SSIF.build({ driver: FIXED, settings: { hostMode: 'designware' } }).execute(chooser);
    expect(asked).toEqual([3]);
  });
});
