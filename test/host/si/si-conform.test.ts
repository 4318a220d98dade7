import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBtHost } from '../../../src/conform/bt-host.ts';
import { compareKcsHost } from '../../../src/conform/kcs-host.ts';
import { hex, type Fields, type Recording } from '../../../src/conform/recording.ts';
import type { HostResult } from '../../../src/conform/transactions.ts';
import { SiMode } from '../../../src/host/si/si.ts';
import { registerSmi, trySmiInit } from '../../../src/host/si/si-probe.ts';
import { postEvent } from '../../../src/ipmi/index.ts';
import { SEC, US } from '../../../src/sim/time.ts';
import type { FakeIo } from '../fake-io.ts';
import { BtRig, SiRig, type InterfaceRig } from './si-rig.ts';

const MODES = Object.values(SiMode);

interface Interface {
  readonly name: string;
  readonly regs: Readonly<Record<string, string>>;
  rig(): InterfaceRig<FakeIo>;
  compare(recording: Recording): HostResult;
}

const INTERFACES: readonly Interface[] = [
  {
    name: 'KCS',
    regs: { r0: 'DATA_OUT', r1: 'STATUS', w0: 'DATA_IN', w1: 'CMD' },
    rig: () => new SiRig(),
    compare: (recording) => compareKcsHost(recording),
  },
  {
    name: 'BT',
    regs: { r0: 'BT_CTRL', r1: 'BMC2HOST', r2: 'BT_INTMASK', w0: 'BT_CTRL', w1: 'HOST2BMC', w2: 'BT_INTMASK' },
    rig: () => new BtRig(),
    compare: (recording) => compareBtHost(recording),
  },
];

describe.each(INTERFACES)('what the model does on $name', ({ name, regs, rig: makeRig, compare }) => {
  /** The accesses of the fake BMC as a recording. The interrupt line may be high at any time. */
  function recording({ bmc, log }: InterfaceRig<FakeIo>, irq: boolean, boot: boolean): Recording {
    const responses = log.lines.filter((line) => line.startsWith('responded ')).map((line) => line.slice(10));
    const transactions = bmc.requests.map((request, n) => ({ req: hex(request), resp: responses[n], complete: true }));
    const lines: Fields[] = bmc.accesses.map(({ what, value, at }, i) => ({
      i, op: what[0], reg: regs[what], val: value, t_us: Math.floor(at / US),
    }));
    if (irq) lines.unshift({ i: -1, op: 'irq', line: 5, level: 1 });
    return { header: { client: 'ipmi_si', host_irq: irq ? 5 : 0, ...(boot ? {} : { cmd: 'x' }), transactions }, lines };
  }

  it('conforms to itself in any mode, with and without start and attention', () => {
    const scenario = fc.record({
      mode: fc.constantFrom(...MODES),
      boot: fc.boolean(),
      waiting: fc.boolean(),
      asks: fc.boolean(),
      latency: fc.integer({ min: 1, max: 200 }),
      events: fc.integer({ min: 0, max: 2 }),
      lengths: fc.array(fc.integer({ min: 2, max: 12 }), { maxLength: 4 }),
    });
    fc.assert(fc.property(scenario, ({ mode, boot, waiting, asks, latency, events, lengths }) => {
      const rig = makeRig();
      const { bmc } = rig;
      bmc.latency = latency * US;
      const state = rig.realBmc();
      const si = rig.host({ mode, needWatch: true });
      if (boot) {
        bmc.play(trySmiInit(si));
        // The upper layer's first message may come before the flags are cleared, or after all is done.
        if (!waiting) bmc.play(si.idle(bmc.now + SEC));
        bmc.play(registerSmi(si));
      }
      for (const length of lengths) rig.transact(si, [0xc0, 0x0e, ...new Array<number>(length - 2).fill(9)]);
      for (let n = 0; n < events; n++) {
        state.globalEnables = 0x0f;
        postEvent(state, new Uint8Array(16).fill(n));
        bmc.play(si.handler());
        bmc.play(si.idle(bmc.now + SEC));
      }
      if (asks) {
        si.info.requestEvents();
        bmc.play(si.handler());
        bmc.play(si.idle(bmc.now + SEC));
        rig.transact(si, [0x18, 0x01]);
      }
      const result = compare(recording(rig, mode === SiMode.irq, boot));
      expect(result.first, name).toBeUndefined();
      expect(result.mismatches).toBe(0);
      expect(result.transactions.every(({ ok }) => ok)).toBe(true);
    }));
  });
});
