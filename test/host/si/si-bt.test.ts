import { beforeEach, describe, expect, it } from 'vitest';
import { SiMode } from '../../../src/host/si/si.ts';
import { registerSmi, trySmiInit } from '../../../src/host/si/si-probe.ts';
import { BtCtrl } from '../../../src/ipmi/bt.ts';
import { postEvent } from '../../../src/ipmi/index.ts';
import { ENODEV } from '../../../src/linux/errno.ts';
import { END_OF_TIME, MS, SEC } from '../../../src/sim/time.ts';
import type { FakeBtBmc } from '../bt/fake-bt-bmc.ts';
import { brief } from '../fake-io.ts';
import { BtRig } from './si-rig.ts';

const MODES = Object.values(SiMode);
const ECHO = [0xc0, 0x0e, 1, 2, 3];

let rig: BtRig;
let bmc: FakeBtBmc;

beforeEach(() => {
  rig = new BtRig();
  ({ bmc } = rig);
});

/** The accesses so far, without the reads of BT_CTRL. */
function trace(): string {
  return brief(bmc.accesses.filter(({ what }) => what !== 'r0'));
}

describe.each(MODES)('ipmi_si on BT in mode %s', (mode) => {
  it('gets the response to each message', () => {
    const si = rig.host({ mode });
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0, 1, 2, 3]);
    expect(rig.transact(si, [0x18, 0x01])).toEqual([0x1c, 0x01, 0]);
    expect(bmc.frames).toEqual([[6, 0xc0, 0, 0x0e, 1, 2, 3], [3, 0x18, 1, 0x01]]);
    expect(rig.log.lines).toEqual([
      'began c0 0e 01 02 03', 'sent', 'responded c4 0e 00 01 02 03', 'began 18 01', 'sent', 'responded 1c 01 00',
    ]);
  });

  it('refuses what is too short or too long without an access of its own', () => {
    const si = rig.host({ mode });
    expect(rig.transact(si, [0x18])).toEqual([0x1c, 0, 0xc7]);
    expect(rig.transact(si, new Array<number>(273).fill(0x18))).toEqual([0x1c, 0x18, 0xc8]);
    expect(bmc.frames).toHaveLength(0);
  });

  it('makes up C3h for a BMC that takes requests and never answers, after two times 5 s', () => {
    const { si, sm } = rig.withMachine({ mode });
    sm.seq = 10;
    bmc.replies = () => [];
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0xc3]);
    expect(bmc.frames.map(([, , seq]) => seq)).toEqual([10, 10]);
    expect(bmc.now).toBeGreaterThan(10 * SEC);
    expect(bmc.now).toBeLessThan(mode === SiMode.poll ? 11.1 * SEC : 10.05 * SEC);
  });

  it('makes up C0h for a BMC that stays busy, refuses more until it is not, and then numbers from 0 again', () => {
    const { si, sm } = rig.withMachine({ mode });
    sm.seq = 10;
    bmc.ctrl = BtCtrl.B_BUSY;
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0xc0]);
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0xc0]);
    expect(bmc.frames).toHaveLength(0);
    bmc.ctrl = 0;
    bmc.play(si.idle(bmc.now + SEC));
    bmc.play(si.idle(bmc.now + SEC));
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0, 1, 2, 3]);
    expect(bmc.frames).toEqual([[6, 0xc0, 0, 0x0e, 1, 2, 3]]);
  });

  it('resets a BMC that has shown a bit and answers none of the first requests, and goes on', () => {
    const si = rig.host({ mode });
    bmc.replies = ([, netFn, seq, cmd]) => {
      if (seq === 42) bmc.replies = ([, n = 0, s = 0, c = 0]) => [[4, n | 4, s, c, 0]];
      return [[4, netFn | 4, 99, cmd, 0]]; // of another number
    };
    expect(rig.transact(si, [0x18, 0x01])).toEqual([0x1c, 0x01, 0]);
    expect(bmc.frames.map((frame) => frame.slice(0, 4))).toEqual([[3, 0x18, 0, 1], [3, 0x18, 0, 1], [3, 0x18, 42, 3], [3, 0x18, 0, 1]]);
    expect(bmc.now).toBeGreaterThan(16 * SEC);
  });

  it('throws away responses of another number and waits on', () => {
    bmc.replies = ([, netFn, seq, cmd]) => [[4, netFn | 4, seq ^ 1, cmd, 0xff], [4, netFn | 4, seq, cmd, 0]];
    expect(rig.transact(rig.host({ mode }), [0x18, 0x01])).toEqual([0x1c, 0x01, 0]);
    expect(rig.log.lines.filter((line) => line.startsWith('responded'))).toHaveLength(1);
  });

  it('hits B2H_ATN until it is clear', () => {
    bmc.hits = 4;
    const si = rig.host({ mode });
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0, 1, 2, 3]);
    expect(trace().match(/w0=08/g)).toHaveLength(4);
  });

  it('drains the late response to a request that it has given up, before the next', () => {
    const { si, sm } = rig.withMachine({ mode });
    sm.seq = 10;
    bmc.delay = 11.5 * SEC;
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0xc3]);
    bmc.until(bmc.now + 13 * SEC); // answers both tries
    bmc.delay = MS;
    expect(bmc.ctrl & BtCtrl.B2H_ATN).not.toBe(0);
    expect(rig.transact(si, [0x18, 0x01])).toEqual([0x1c, 0x01, 0]);
    expect(trace()).toContain('w0=40 w0=08 w0=08 w0=02 r1=07 ');
  });

  it('serves attention: flags, then events until there are no more', () => {
    const state = rig.realBmc();
    state.globalEnables = 0x0f;
    postEvent(state, new Uint8Array(16).fill(7));
    const si = rig.host({ mode });
    const events: number[] = [];
    si.onReceive = (_, length) => events.push(length);
    bmc.play(si.handler());
    bmc.play(si.idle(bmc.now + SEC));
    expect(rig.commands()).toEqual(['31', '35', '35']);
    expect(events).toEqual([19]);
  });
});

describe('the interrupt of BT', () => {
  it('is acknowledged before the event call that it brings', () => {
    const si = rig.host({ mode: SiMode.irq });
    bmc.intmask = 1;
    rig.transact(si, ECHO);
    const at = bmc.accesses.findIndex(({ what, value }) => what === 'w2' && value === 3);
    expect(brief(bmc.accesses.slice(at, at + 2))).toBe('w2=03 r0=08');
    expect(bmc.irqAsserted).toBe(false);
    expect(bmc.now).toBeLessThan(MS); // no tick was waited for
  });

  it('is looked at in each enables check, polled or not, and written only if it is not as wanted', () => {
    for (const [mode, before, after, did] of [
      [SiMode.irq, 1, 1, 'r2=01 '], [SiMode.irq, 0, 1, 'r2=00 w2=01 '], [SiMode.poll, 0, 0, 'r2=00 '], [SiMode.kipmid, 1, 0, 'r2=03 w2=00 '], // nobody acknowledges the interrupt
    ] as const) {
      rig = new BtRig();
      ({ bmc } = rig);
      rig.realBmc().globalEnables = 0x0f;
      bmc.intmask = before;
      const si = rig.host({ mode });
      si.info.requestEvents();
      bmc.play(si.handler());
      bmc.play(si.idle(bmc.now + 50 * MS));
      const check = brief(bmc.accesses.filter(({ what }) => what.endsWith('2')).filter(({ value, what }) => what !== 'w2' || value !== 3));
      expect(`${check} `).toBe(did);
      expect(bmc.intmask & 1).toBe(after);
    }
  });

  it('is off after a flags reset, and the timer drives the driver until an enables check', () => {
    rig.realBmc();
    const si = rig.host({ mode: SiMode.irq });
    bmc.play(trySmiInit(si));
    expect(bmc.intmask & 1).toBe(1);
    bmc.play(si.idle(bmc.now + SEC));
    bmc.write(2, 0x80);
    expect(bmc.intmask & 1).toBe(0);
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0, 1, 2, 3]);
  });
});

describe('the start on BT', () => {
  it('finds nobody if BT_CTRL and BT_INTMASK read FFh, and looks at the second only if the first does', () => {
    const absent = rig.host();
    bmc.ctrl = 0xff;
    bmc.attention = () => true;
    bmc.intmask = 0xff;
    expect(bmc.play(trySmiInit(absent))).toBe(-ENODEV);
    expect(brief(bmc.accesses)).toBe('r0=ff r2=ff');
  });

  it('resets the flags, asks for the capabilities with number 0, and begins with 0 again', () => {
    rig.realBmc();
    const si = rig.host();
    expect(bmc.play(trySmiInit(si))).toBe(0);
    bmc.play(registerSmi(si));
    expect(brief(bmc.accesses.slice(0, 5))).toBe('r0=00 r0=00 w0=01 w0=10 w2=80');
    expect(bmc.frames.map(([, , seq]) => seq)).toEqual([0, ...bmc.frames.slice(1).map((_, n) => n)]);
    expect(rig.commands().slice(0, 7)).toEqual(['36', '01', '2f', '2f', '2e 0c', '30 08', '08']);
  });

  it('switches the interrupt on before the flags are cleared', () => {
    rig.realBmc();
    const si = rig.host({ mode: SiMode.irq });
    bmc.play(trySmiInit(si));
    expect(brief(bmc.accesses.slice(-1))).toBe('w2=01');
    bmc.play(si.idle(bmc.now + SEC));
    expect(rig.commands()).toContain('30 08');
  });

  it.each([
    ['are believed without a check for sense', [0, 1, 0xff, 0xff, 0, 7], 0, 7],
    ['are not believed if short', [0, 1, 64, 64, 10], 5, 2],
    ['are not believed if too long', [0, 1, 64, 64, 10, 0, 0], 5, 2],
    ['are not believed if the BMC refuses', [0xc1, 1, 64, 64, 10, 0], 5, 2],
  ] as const)('capabilities %s', (_, rsp, seconds, retries) => {
    bmc.answer = ([netFn = 0, cmd = 0]) => [netFn | 4, cmd, ...rsp];
    const { si, sm } = rig.withMachine();
    expect(bmc.play(sm.detect(bmc, si.timer))).toBe(true);
    expect([sm.req2rsp, sm.retries, sm.seq]).toEqual([seconds * 1_000_000, retries, 0]);
  });

  it('goes on without capabilities if the BMC does not answer', () => {
    const { si, sm } = rig.withMachine();
    bmc.deadUntil = END_OF_TIME;
    sm.retries = 0; // or the BMC would be reset again and again
    expect(bmc.play(sm.detect(bmc, si.timer))).toBe(true);
    expect([sm.req2rsp, sm.retries]).toEqual([5_000_000, 2]);
    // Counted are 5 s, of a jiffy a look, and a look comes at each second tick.
    expect(bmc.now).toBeGreaterThan(10 * SEC);
    expect(bmc.now).toBeLessThan(10.1 * SEC);
  });
});
