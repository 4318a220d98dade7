import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Cause, HICR0, HICR2, HICR4, HICR5, HICRB, HICRC, LPC, LPC_REGISTERS, SIRQCR0, SIRQCR2, STR, type LpcController,
  type LpcControllerParams,
} from '../../src/hw/index.ts';
import { LpcBench } from './lpc-bench.ts';

const byte = fc.integer({ min: 0, max: 0xff });

let bench: LpcBench;
let lpc: LpcController;

function build(params: Partial<LpcControllerParams> = {}): void {
  bench = new LpcBench(params);
  lpc = bench.lpc;
}

beforeEach(() => build());

describe('the interrupt to the BMC', () => {
  const ENABLE = [HICR2.IBFIE1, HICR2.IBFIE2, HICR2.IBFIE3] as const;

  it.each([1, 2, 3, 4] as const)('channel %i: IBF, its interrupt enable and its channel enable', (n) => {
    bench.setUp(n, 0xca2);
    lpc.hostWriteAt(2 * (n - 1), 1);
    expect(bench.line).toBe(0);
    // Enabling it with IBF already set interrupts at once: the interrupt is level-sensitive.
    if (n === 4) lpc.write(LPC.HICRB, HICRB.LPC4E | HICRB.IBFIE4);
    else lpc.write(LPC.HICR2, ENABLE[n - 1]);
    expect([bench.line, lpc.causes]).toEqual([1, 1 << (n - 1)]);
    lpc.read(LPC[`STR${n}`]);
    expect(bench.line).toBe(1);
    lpc.read(LPC[`IDR${n}`]);
    expect(bench.line).toBe(0);
    lpc.hostWriteAt(2 * (n - 1), 1);
    expect(bench.line).toBe(1);
    if (n === 4) lpc.write(LPC.HICRB, HICRB.IBFIE4);
    else lpc.write(LPC.HICR0, 0);
    expect(bench.line).toBe(0);
  });

  it('one line for all: it falls with the last cause', () => {
    bench.setUp(1, 0xca0);
    bench.setUp(3, 0xca2);
    lpc.write(LPC.HICR2, HICR2.IBFIE1 | HICR2.IBFIE3);
    lpc.hostWrite(0xca0, 1);
    lpc.hostWrite(0xca2, 1);
    lpc.read(LPC.IDR1);
    expect(bench.line).toBe(1);
    lpc.setCause(Cause.snoop, true);
    lpc.read(LPC.IDR3);
    expect(bench.line).toBe(1);
    lpc.setCause(Cause.snoop, false);
    expect(bench.line).toBe(0);
  });

  it('the host emptying ODR interrupts nobody: there is no OBE interrupt', () => {
    bench.setUp(3, 0xca2);
    lpc.write(LPC.HICR2, 0x0f);
    lpc.write(LPC.ODR3, 1);
    lpc.hostRead(0xca2);
    expect(bench.line).toBe(0);
  });

  it('HICR2 keeps its events until 0 is written to them; ERRIE makes them interrupt', () => {
    lpc.lpcReset();
    expect(lpc.read(LPC.HICR2)).toBe(HICR2.LRST);
    lpc.write(LPC.HICR2, HICR2.LRST | HICR2.SDWN | HICR2.ABRT | HICR2.ERRIE);
    expect([lpc.read(LPC.HICR2), bench.line]).toEqual([HICR2.LRST | HICR2.ERRIE, 1]);
    lpc.write(LPC.HICR2, HICR2.ERRIE);
    expect([lpc.read(LPC.HICR2), bench.line]).toEqual([HICR2.ERRIE, 0]);
  });

  it('HICR4 has an interrupt of its own for LRESET#, acknowledged by CLRINTLRSTR', () => {
    lpc.write(LPC.HICR4, HICR4.ENINTLRSTR);
    lpc.lpcReset();
    expect([lpc.read(LPC.HICR4), bench.line]).toEqual([HICR4.ENINTLRSTR | HICR4.STSINTLRSTR, 1]);
    lpc.write(LPC.HICR4, HICR4.ENINTLRSTR | HICR4.CLRINTLRSTR);
    expect([lpc.read(LPC.HICR4), bench.line]).toEqual([HICR4.ENINTLRSTR, 0]);
  });

  it('is the OR of its causes after any sequence of accesses', () => {
    const step = fc.record({
      what: fc.constantFrom('IDR', 'ODR', 'STR', 'HICR0', 'HICR2', 'HICR4', 'HICRB', 'host data', 'host command', 'host ODR'),
      n: fc.constantFrom(1, 2, 3, 4), value: byte,
    });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      build();
      for (const { what, n, value } of steps) {
        switch (what) {
          case 'IDR': lpc.read(LPC[`IDR${n as 1}`]); break;
          case 'ODR': lpc.write(LPC[`ODR${n as 1}`], value); break;
          case 'STR': lpc.write(LPC[`STR${n as 1}`], value); break;
          case 'host data': lpc.hostWriteAt(2 * (n - 1), value); break;
          case 'host command': lpc.hostWriteAt(2 * (n - 1) + 1, value); break;
          case 'host ODR': lpc.hostReadAt(2 * (n - 1)); break;
          default: lpc.write(LPC[what as 'HICR0'], value);
        }
        const [hicr0, hicr2, hicr4, hicrb] = [lpc.read(LPC.HICR0), lpc.read(LPC.HICR2), lpc.read(LPC.HICR4), lpc.read(LPC.HICRB)];
        const full = [1, 2, 3, 4].map((c) => (lpc.read(LPC[`STR${c as 1}`]) & STR.IBF) !== 0);
        const ibf1 = full[0] && (hicr0 & HICR0.LPC1E) !== 0 && (hicr2 & HICR2.IBFIE1) !== 0;
        const ibf2 = full[1] && (hicr0 & HICR0.LPC2E) !== 0 && (hicr2 & HICR2.IBFIE2) !== 0;
        const ibf3 = full[2] && (hicr0 & HICR0.LPC3E) !== 0 && (hicr4 & HICR4.KCSENBL) !== 0 && (hicr2 & HICR2.IBFIE3) !== 0;
        const ibf4 = full[3] && (hicrb & HICRB.LPC4E) !== 0 && (hicrb & HICRB.IBFIE4) !== 0;
        expect(bench.line === 1).toBe(ibf1 || ibf2 || ibf3 || ibf4);
      }
    }));
  });
});

describe('the interrupt to the host (H8S rule for IEDIR=0; kcs_bmc_aspeed.c)', () => {
  const HICR5_CH3 = (11 << 20) | HICR5.SEL3IRQX;

  it('ODR alone requests nothing: the enable bit is a second write', () => {
    lpc.write(LPC.HICR5, HICR5_CH3);
    lpc.write(LPC.ODR3, 0x42);
    expect(bench.irqs).toEqual(new Set());
    lpc.write(LPC.HICR5, HICR5_CH3 | HICR5.IRQXE3);
    expect(bench.irqs).toEqual(new Set([11]));
  });

  it('the host reading ODR ends the request and drops the enable bit, so the next byte is silent again', () => {
    lpc.write(LPC.ODR3, 0x42);
    lpc.write(LPC.HICR5, HICR5_CH3 | HICR5.IRQXE3);
    lpc.hostReadAt(4);
    expect(bench.irqs).toEqual(new Set());
    expect(lpc.read(LPC.HICR5)).toBe(HICR5_CH3);
    lpc.write(LPC.ODR3, 0x43);
    expect(bench.irqs).toEqual(new Set());
  });

  it('a read with OBF clear drops nothing', () => {
    lpc.write(LPC.HICR5, HICR5_CH3 | HICR5.IRQXE3);
    lpc.hostReadAt(4);
    expect(lpc.read(LPC.HICR5)).toBe(HICR5_CH3 | HICR5.IRQXE3);
    lpc.write(LPC.ODR3, 1);
    expect(bench.irqs).toEqual(new Set([11]));
  });

  it('without the drop the enable bit stays and the next ODR interrupts at once', () => {
    build({ dropIrqEnable: 0 });
    lpc.write(LPC.HICR5, HICR5_CH3 | HICR5.IRQXE3);
    lpc.write(LPC.ODR3, 1);
    lpc.hostReadAt(4);
    expect(bench.irqs).toEqual(new Set());
    lpc.write(LPC.ODR3, 2);
    expect(bench.irqs).toEqual(new Set([11]));
  });

  it('channel 1 has IRQ1 and IRQ12 only', () => {
    lpc.write(LPC.ODR1, 1);
    lpc.write(LPC.SIRQCR0, SIRQCR0.IRQ1E1 | SIRQCR0.IRQ12E1);
    expect(bench.irqs).toEqual(new Set([1, 12]));
    lpc.hostReadAt(0);
    expect([bench.irqs.size, lpc.read(LPC.SIRQCR0)]).toEqual([0, 0]);
  });

  it('channels 2 and 4 have their own numbers, channel 4 its own parameter', () => {
    for (const dropIrqEnable4 of [1, 0]) {
      build({ dropIrqEnable4 });
      lpc.write(LPC.ODR2, 1);
      lpc.write(LPC.ODR4, 1);
      lpc.write(LPC.HICR5, (7 << 16) | HICR5.IRQXE2);
      lpc.write(LPC.HICRC, (5 << 4) | HICRC.IRQXE4);
      expect(bench.irqs).toEqual(new Set([7, 5]));
      lpc.hostReadAt(2);
      expect([lpc.read(LPC.HICR5), bench.irqs]).toEqual([7 << 16, new Set([5])]);
      lpc.hostReadAt(6);
      expect([lpc.read(LPC.HICRC) & HICRC.IRQXE4, bench.irqs.size]).toEqual([dropIrqEnable4 === 1 ? 0 : HICRC.IRQXE4, 0]);
    }
  });

  it('two channels with one number share the wire', () => {
    lpc.write(LPC.ODR2, 1);
    lpc.write(LPC.ODR3, 1);
    lpc.write(LPC.HICR5, (11 << 20) | (11 << 16) | HICR5.IRQXE2 | HICR5.IRQXE3);
    lpc.hostReadAt(2);
    expect(bench.irqs).toEqual(new Set([11]));
    lpc.hostReadAt(4);
    expect(bench.irqs).toEqual(new Set());
  });

  it('the BMC clearing OBF through STR ends the request; whether it drops the enable bit is a parameter', () => {
    for (const dropIrqEnableOnStr of [0, 1]) {
      build({ dropIrqEnableOnStr });
      lpc.write(LPC.HICR5, HICR5_CH3 | HICR5.IRQXE3);
      lpc.write(LPC.ODR3, 1);
      lpc.write(LPC.STR3, 0x41);
      expect(bench.irqs).toEqual(new Set([11]));
      lpc.write(LPC.STR3, 0x40);
      expect(bench.irqs).toEqual(new Set());
      expect((lpc.read(LPC.HICR5) & HICR5.IRQXE3) !== 0).toBe(dropIrqEnableOnStr === 0);
    }
  });

  it('a change of status alone (SMS_ATN) requests nothing', () => {
    lpc.write(LPC.HICR5, HICR5_CH3 | HICR5.IRQXE3);
    lpc.write(LPC.STR3, STR.SMS_ATN);
    expect(bench.irqs).toEqual(new Set());
  });

  it('IEDIR=1: the enable bit alone is the request, whatever OBF', () => {
    lpc.write(LPC.SIRQCR2, SIRQCR2.IEDIR3);
    lpc.write(LPC.HICR5, HICR5_CH3 | HICR5.IRQXE3);
    expect(bench.irqs).toEqual(new Set([11]));
    lpc.write(LPC.ODR3, 1);
    lpc.hostReadAt(4);
    expect(bench.irqs).toEqual(new Set([11]));
    lpc.write(LPC.HICR5, HICR5_CH3);
    expect(bench.irqs).toEqual(new Set());
    lpc.write(LPC.SIRQCR0, SIRQCR0.IEDIR | SIRQCR0.IRQ12E1);
    expect(bench.irqs).toEqual(new Set([12]));
  });

  it('knows the polarity that was chosen', () => {
    lpc.write(LPC.HICR5, HICR5.SEL3IRQX);
    lpc.write(LPC.HICRC, 1 << 2);
    expect([0, 1, 2, 3].map((c) => lpc.hostIrqs.activeHigh(c))).toEqual([true, false, true, true]);
  });

  it('the mode that the host chose shows in SIRQCR0.Q/C, which the BMC cannot write', () => {
    lpc.learnSerirqMode(true);
    lpc.write(LPC.SIRQCR0, 0);
    expect(lpc.read(LPC.SIRQCR0)).toBe(SIRQCR0.QC);
    lpc.learnSerirqMode(false);
    lpc.write(LPC.SIRQCR0, SIRQCR0.QC);
    expect(lpc.read(LPC.SIRQCR0)).toBe(0);
  });
});

describe('resets', () => {
  function busy(): void {
    bench.setUp(3, 0xca2);
    lpc.write(LPC.HICR2, HICR2.IBFIE3);
    lpc.hostWrite(0xca3, 0x61);
    lpc.write(LPC.ODR3, 0x42);
    lpc.write(LPC.HICR5, (11 << 20) | HICR5.IRQXE3);
    lpc.write(LPC.STR3, 0x81);
    expect([bench.line, bench.irqs.size]).toEqual([1, 1]);
  }

  it('a reset of the BMC puts everything to its reset value and lets the lines fall', () => {
    busy();
    lpc.bmcReset();
    for (const { offset, reset } of LPC_REGISTERS) expect(lpc.read(offset)).toBe(reset);
    expect([bench.line, bench.irqs.size, lpc.hostRead(0xca3)]).toEqual([0, 0, -1]);
  });

  it('power-on does the same in silence', () => {
    busy();
    lpc.onLine = () => expect.unreachable();
    lpc.hostIrqs.onRequest = () => expect.unreachable();
    lpc.reset();
    for (const { offset, reset } of LPC_REGISTERS) expect(lpc.read(offset)).toBe(reset);
    expect([lpc.causes, lpc.hostIrqs.requested]).toEqual([0, 0]);
  });

  it('LRESET# leaves the channels alone, or clears STR with the parameter', () => {
    busy();
    lpc.lpcReset();
    expect([lpc.hostRead(0xca3), bench.line, bench.irqs.size]).toEqual([0x80 | STR.CD | STR.IBF | STR.OBF, 1, 1]);
    build({ lresetClearsStr: 1 });
    busy();
    lpc.lpcReset();
    expect([lpc.hostRead(0xca3), bench.line, bench.irqs.size]).toEqual([0, 0, 0]);
  });
});
