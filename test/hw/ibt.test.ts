import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  BT_CTRL, BT_INTMASK, BtReg, IBT_IRQ, IBTCR0, LPC, formatBtCtrl, type LpcController, type LpcControllerParams,
} from '../../src/hw/index.ts';
import { LpcBench } from './lpc-bench.ts';

/** What bt-bmc.c writes: 0xE4, IRQ 10, both pointer enables, enable. */
const SET_UP = 0x00e4_a00d;
const BASE = 0xe4;
const { ctrl: CTRL, fifo: FIFO, intmask: INTMASK } = BtReg;
const byte = fc.integer({ min: 0, max: 0xff });

let bench: LpcBench;
let lpc: LpcController;

/** An iBT block as bt-bmc.c sets it up. */
function build(params: Partial<LpcControllerParams> = {}): void {
  bench = new LpcBench(params);
  lpc = bench.lpc;
  lpc.write(LPC.iBTCR0, SET_UP);
}

const host = (reg: number, value: number) => lpc.hostWrite(BASE + reg, value);
const bmc = (value: number) => lpc.write(LPC.iBTCR4, value);
const ctrl = () => lpc.hostRead(BASE + CTRL);

beforeEach(() => build());

describe('iBTCR0 (bt-bmc.c)', () => {
  it('has bits 31:16 for the base, of which 17:16 read 0', () => {
    lpc.write(LPC.iBTCR0, 0xffff_ffff);
    expect(lpc.read(LPC.iBTCR0)).toBe(0xfffc_ffff);
    lpc.write(LPC.iBTCR0, SET_UP);
    expect(lpc.read(LPC.iBTCR0)).toBe(SET_UP);
  });

  it('answers at three ports from the base up, and only while it is enabled', () => {
    expect([0xe3, 0xe4, 0xe5, 0xe6, 0xe7].map((port) => lpc.hostRead(port))).toEqual([-1, 0, 0, 0, -1]);
    lpc.write(LPC.iBTCR0, SET_UP & ~IBTCR0.ENABLE_IBT);
    expect([0xe4, 0xe5, 0xe6].map((port) => lpc.hostRead(port))).toEqual([-1, -1, -1]);
    expect(lpc.hostWrite(0xe4, 1)).toBe(false);
  });
});

describe('BT_CTRL (IPMI 11.6.4)', () => {
  it('both sides see the same bits', () => {
    host(CTRL, BT_CTRL.H_BUSY);
    bmc(BT_CTRL.B_BUSY);
    expect([ctrl(), lpc.read(LPC.iBTCR4)]).toEqual([BT_CTRL.H_BUSY | BT_CTRL.B_BUSY, BT_CTRL.H_BUSY | BT_CTRL.B_BUSY]);
  });

  it('a written 1 toggles the own busy bit and leaves that of the other side', () => {
    for (const expected of [BT_CTRL.H_BUSY, 0, BT_CTRL.H_BUSY]) {
      host(CTRL, BT_CTRL.H_BUSY | BT_CTRL.B_BUSY);
      expect(ctrl()).toBe(expected);
    }
    for (const expected of [BT_CTRL.B_BUSY, 0, BT_CTRL.B_BUSY]) {
      bmc(BT_CTRL.B_BUSY | BT_CTRL.H_BUSY);
      expect(ctrl() & BT_CTRL.B_BUSY).toBe(expected);
      expect(ctrl() & BT_CTRL.H_BUSY).toBe(BT_CTRL.H_BUSY);
    }
  });

  it.each([['SMS_ATN', BT_CTRL.SMS_ATN], ['B2H_ATN', BT_CTRL.B2H_ATN]])('%s: the BMC sets, the host clears', (_, bit) => {
    host(CTRL, bit);
    expect(ctrl()).toBe(0);
    bmc(bit);
    bmc(bit);
    expect(ctrl()).toBe(bit);
    host(CTRL, bit);
    expect(ctrl()).toBe(0);
  });

  it('H2B_ATN: the host sets, the BMC clears', () => {
    bmc(BT_CTRL.H2B_ATN);
    expect(ctrl()).toBe(0);
    host(CTRL, BT_CTRL.H2B_ATN);
    host(CTRL, BT_CTRL.H2B_ATN);
    expect(ctrl()).toBe(BT_CTRL.H2B_ATN);
    bmc(BT_CTRL.H2B_ATN);
    expect(ctrl()).toBe(0);
  });

  it('OEM0 is as the BMC last wrote it; the host changes it only if btHostOem0 says so', () => {
    bmc(BT_CTRL.OEM0);
    host(CTRL, 0);
    expect(ctrl()).toBe(BT_CTRL.OEM0);
    bmc(0);
    expect(ctrl()).toBe(0);
    build({ btHostOem0: 1 });
    host(CTRL, BT_CTRL.OEM0);
    expect(lpc.read(LPC.iBTCR4)).toBe(BT_CTRL.OEM0);
    host(CTRL, 0);
    expect(lpc.read(LPC.iBTCR4)).toBe(0);
  });

  it('CLR_RD_PTR and CLR_WR_PTR read 0', () => {
    host(CTRL, BT_CTRL.CLR_RD_PTR | BT_CTRL.CLR_WR_PTR);
    bmc(BT_CTRL.CLR_RD_PTR | BT_CTRL.CLR_WR_PTR);
    expect(ctrl()).toBe(0);
  });

  it('each side changes its own bits only, whatever it writes', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.boolean(), byte)), (writes) => {
      build();
      for (const [byHost, value] of writes) {
        const before = ctrl();
        if (byHost) host(CTRL, value);
        else bmc(value);
        const changed = before ^ ctrl();
        const raised = changed & ctrl();
        const dropped = changed & before;
        const mayRaise = byHost ? BT_CTRL.H_BUSY | BT_CTRL.H2B_ATN : 0xf8 & ~BT_CTRL.H_BUSY;
        const mayDrop = byHost ? BT_CTRL.H_BUSY | BT_CTRL.SMS_ATN | BT_CTRL.B2H_ATN
          : BT_CTRL.B_BUSY | BT_CTRL.OEM0 | BT_CTRL.H2B_ATN;
        expect([raised & ~mayRaise, dropped & ~mayDrop]).toEqual([0, 0]);
      }
    }));
  });

  it('is read by people bit by bit', () => {
    expect([formatBtCtrl(0), formatBtCtrl(0x84)]).toEqual(['idle', 'B_BUSY H2B_ATN']);
  });
});

describe('the FIFOs (IPMI 11.6.2, 11.6.3)', () => {
  const put = (bytes: readonly number[]) => bytes.forEach((value) => host(FIFO, value));
  const answer = (bytes: readonly number[]) => bytes.forEach((value) => lpc.write(LPC.iBTCR5, value));
  const take = (n: number) => Array.from({ length: n }, () => lpc.read(LPC.iBTCR5));
  const fetch = (n: number) => Array.from({ length: n }, () => lpc.hostRead(BASE + FIFO));

  it('carry bytes each way, independent of one another', () => {
    put([3, 0x18, 0]);
    answer([4, 0x1c, 0]);
    expect([take(3), fetch(3)]).toEqual([[3, 0x18, 0], [4, 0x1c, 0]]);
  });

  it('have a pointer for each side, which that side alone clears', () => {
    put([1, 2, 3]);
    answer([4, 5, 6]);
    take(2);
    fetch(2);
    host(CTRL, BT_CTRL.CLR_RD_PTR);
    expect(fetch(3)).toEqual([4, 5, 6]);
    bmc(BT_CTRL.CLR_RD_PTR);
    expect(take(3)).toEqual([1, 2, 3]);
    host(CTRL, BT_CTRL.CLR_WR_PTR);
    put([7]);
    bmc(BT_CTRL.CLR_RD_PTR);
    expect(take(3)).toEqual([7, 2, 3]);
    bmc(BT_CTRL.CLR_WR_PTR);
    answer([8]);
    host(CTRL, BT_CTRL.CLR_RD_PTR);
    expect(fetch(3)).toEqual([8, 5, 6]);
  });

  it.each([
    [0, IBTCR0.EN_CLR_SLV_RDP, IBTCR0.EN_CLR_SLV_WRP],
    [1, IBTCR0.EN_CLR_SLV_WRP, IBTCR0.EN_CLR_SLV_RDP],
  ])('the BMC clears its pointers only as iBTCR0 b3 and b2 allow (btClearSwapped=%i)', (btClearSwapped, read, write) => {
    build({ btClearSwapped });
    put([1, 2]);
    take(1);
    answer([3]);
    const both = BT_CTRL.CLR_RD_PTR | BT_CTRL.CLR_WR_PTR;
    lpc.write(LPC.iBTCR0, SET_UP & ~(read | write));
    bmc(both);
    expect([lpc.ibt.host2bmc.readIndex, lpc.ibt.bmc2host.writeIndex]).toEqual([1, 1]);
    lpc.write(LPC.iBTCR0, SET_UP & ~write);
    bmc(both);
    expect([lpc.ibt.host2bmc.readIndex, lpc.ibt.bmc2host.writeIndex]).toEqual([0, 1]);
    lpc.write(LPC.iBTCR0, SET_UP & ~read);
    take(1);
    bmc(both);
    expect([lpc.ibt.host2bmc.readIndex, lpc.ibt.bmc2host.writeIndex]).toEqual([1, 0]);
  });

  it('hold 64 bytes: what is written past the end is dropped, and reads there give 0', () => {
    put(Array.from({ length: 66 }, (_, i) => i + 1));
    const taken = take(66);
    expect(taken.slice(0, 64)).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
    expect(taken.slice(64)).toEqual([0, 0]);
  });

  it('or wrap at their depth, if the parameters say so', () => {
    build({ btFifoDepth: 100, btFifoWrap: 1 });
    put(Array.from({ length: 101 }, (_, i) => i + 1));
    expect(take(3)).toEqual([101, 2, 3]);
  });
});

describe('the interrupt to the BMC (bt-bmc.c: iBTCR1, iBTCR2)', () => {
  it('is latched when H2B_ATN rises, enabled or not, and is a level until the latch is cleared', () => {
    host(CTRL, BT_CTRL.H2B_ATN);
    expect([lpc.read(LPC.iBTCR2), bench.line]).toEqual([IBT_IRQ.H2B, 0]);
    lpc.write(LPC.iBTCR1, IBT_IRQ.H2B | IBT_IRQ.H_BUSY);
    expect(bench.line).toBe(1);
    bmc(BT_CTRL.H2B_ATN);
    expect(bench.line).toBe(1);
    lpc.write(LPC.iBTCR2, IBT_IRQ.H_BUSY);
    expect(bench.line).toBe(1);
    lpc.write(LPC.iBTCR2, IBT_IRQ.H2B);
    expect([lpc.read(LPC.iBTCR2), bench.line]).toEqual([0, 0]);
  });

  it('comes on the rise only: H2B_ATN set again while it is set is no edge', () => {
    lpc.write(LPC.iBTCR1, IBT_IRQ.H2B);
    host(CTRL, BT_CTRL.H2B_ATN);
    lpc.write(LPC.iBTCR2, IBT_IRQ.H2B);
    host(CTRL, BT_CTRL.H2B_ATN);
    expect(bench.line).toBe(0);
  });

  it('comes when H_BUSY falls, and not when it rises', () => {
    lpc.write(LPC.iBTCR1, IBT_IRQ.H_BUSY);
    host(CTRL, BT_CTRL.H_BUSY);
    expect([lpc.read(LPC.iBTCR2), bench.line]).toEqual([0, 0]);
    host(CTRL, BT_CTRL.H_BUSY);
    expect([lpc.read(LPC.iBTCR2), bench.line]).toEqual([IBT_IRQ.H_BUSY, 1]);
  });

  it('shares the line with the KCS channels', () => {
    lpc.write(LPC.iBTCR1, IBT_IRQ.H2B);
    lpc.write(LPC.HICR2, 0x02);
    bench.setUp(1, 0xca2);
    host(CTRL, BT_CTRL.H2B_ATN);
    lpc.hostWrite(0xca2, 1);
    lpc.write(LPC.iBTCR2, IBT_IRQ.H2B);
    expect(bench.line).toBe(1);
    lpc.read(LPC.IDR1);
    expect(bench.line).toBe(0);
  });
});

describe('INTMASK and the interrupt to the host (IPMI 11.6.5)', () => {
  const enable = () => host(INTMASK, BT_INTMASK.B2H_IRQ_EN);

  it.each([['B2H_ATN', BT_CTRL.B2H_ATN], ['SMS_ATN', BT_CTRL.SMS_ATN]])('%s rises: IRQ of iBTCR0 15:12', (_, bit) => {
    enable();
    bmc(bit);
    expect([lpc.hostRead(BASE + INTMASK), [...bench.irqs]]).toEqual([0x03, [10]]);
    host(CTRL, bit);
    expect([...bench.irqs]).toEqual([10]);
    host(INTMASK, BT_INTMASK.B2H_IRQ | BT_INTMASK.B2H_IRQ_EN);
    expect([lpc.hostRead(BASE + INTMASK), [...bench.irqs]]).toEqual([0x01, []]);
  });

  it('is not requested while the host has it disabled; ipmi_bt_sm.c disables it by its reset, 80h', () => {
    bmc(BT_CTRL.B2H_ATN);
    expect(bench.irqs.size).toBe(0);
    host(CTRL, BT_CTRL.B2H_ATN);
    enable();
    bmc(BT_CTRL.B2H_ATN);
    expect([...bench.irqs]).toEqual([10]);
    host(INTMASK, BT_INTMASK.BMC_HWRST);
    expect([lpc.hostRead(BASE + INTMASK) & BT_INTMASK.B2H_IRQ_EN, bench.irqs.size]).toEqual([0, 0]);
  });

  it.each([[1, [10]], [0, []]])('enabled with the attention bit already set (btIrqOnEnable=%i)', (btIrqOnEnable, irqs) => {
    build({ btIrqOnEnable });
    bmc(BT_CTRL.B2H_ATN);
    enable();
    expect([...bench.irqs]).toEqual(irqs);
  });

  it('BMC_HWRST stays until the BMC has seen it', () => {
    host(INTMASK, BT_INTMASK.BMC_HWRST);
    host(INTMASK, 0);
    expect(lpc.read(LPC.iBTCR6)).toBe(BT_INTMASK.BMC_HWRST);
    lpc.write(LPC.iBTCR6, BT_INTMASK.BMC_HWRST);
    expect(lpc.hostRead(BASE + INTMASK)).toBe(0);
  });

  it('follows iBTCR0: another number, or the block disabled', () => {
    enable();
    bmc(BT_CTRL.B2H_ATN);
    lpc.write(LPC.iBTCR0, (SET_UP & ~IBTCR0.SIRQ) | 0x5000);
    expect([...bench.irqs]).toEqual([5]);
    lpc.write(LPC.iBTCR0, 0);
    expect(bench.irqs.size).toBe(0);
  });
});

describe('resets', () => {
  const dirty = () => {
    lpc.write(LPC.iBTCR1, IBT_IRQ.H2B);
    host(CTRL, BT_CTRL.H2B_ATN | BT_CTRL.H_BUSY);
    host(INTMASK, BT_INTMASK.B2H_IRQ_EN);
    host(FIFO, 0x55);
    bmc(BT_CTRL.B2H_ATN);
  };

  it('of the BMC: all registers 0, lines low, ports gone', () => {
    dirty();
    lpc.bmcReset();
    for (const name of ['iBTCR0', 'iBTCR1', 'iBTCR2', 'iBTCR3', 'iBTCR4', 'iBTCR5', 'iBTCR6'] as const) {
      expect([name, lpc.read(LPC[name])]).toEqual([name, 0]);
    }
    expect([bench.line, bench.irqs.size, lpc.hostRead(BASE)]).toEqual([0, 0, -1]);
  });

  it('of the BMC: B_BUSY is set if the parameters say so', () => {
    build({ btResetBusy: 1 });
    expect(ctrl()).toBe(BT_CTRL.B_BUSY);
  });

  it.each([
    [0, [BT_CTRL.H2B_ATN | BT_CTRL.H_BUSY | BT_CTRL.B2H_ATN, 0x03, 1]],
    [1, [0, 0, 0]],
  ])('of the host: LRESET# clears the block if lresetClearsBt=%i says so', (lresetClearsBt, left) => {
    build({ lresetClearsBt });
    dirty();
    lpc.lpcReset();
    expect([ctrl(), lpc.hostRead(BASE + INTMASK), bench.irqs.size]).toEqual(left);
  });
});
