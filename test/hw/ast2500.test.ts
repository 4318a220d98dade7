import { describe, expect, it } from 'vitest';
import {
  AST2500_PARAMETERS, HICR2, HICR5, LPC, Reg, SIRQCR0, STR, VIC_LPC, ast2500Params, type Ast2500Params,
} from '../../src/hw/index.ts';
import { END_OF_TIME, NS, US, type Chooser } from '../../src/sim/index.ts';
import { Bench } from './system.ts';

const CLK = 30_303;

describe('the BMC reaches the registers over the APB', () => {
  it('in 300 ns a read and 120 ns a write', () => {
    const bench = new Bench();
    const { registers } = bench.soc;
    const at: [number, number][] = [];
    bench.context('bmc', function* () {
      yield registers.write(LPC.STR3, 0xc0);
      at.push([bench.sim.now, 0]);
      const str = yield registers.read(LPC.STR3);
      at.push([bench.sim.now, str]);
      yield registers.write32(LPC.HICR5, 0xffb0_4000);
      const hicr5 = yield registers.read(LPC.HICR5);
      at.push([bench.sim.now, hicr5]);
    });
    bench.run();
    expect(at).toEqual([[120 * NS, 0], [420 * NS, 0xc0], [840 * NS, 0xffb0_4000]]);
  });

  it('and the schedule may make either longer, up to its bound', () => {
    const bench = new Bench();
    const { registers } = bench.soc;
    const at: number[] = [];
    bench.context('bmc', function* () {
      yield registers.read(LPC.STR3);
      at.push(bench.sim.now);
      yield registers.write(LPC.STR3, 0);
      at.push(bench.sim.now);
    });
    const slow: Chooser = { plan: [{ actor: 'bmc', step: 0, late: 8 }, { actor: 'bmc', step: 1, late: 8 }], draw: () => 0 };
    bench.run(slow);
    expect(at).toEqual([800 * NS, 1200 * NS]);
  });

  it('with names in the steps', () => {
    const { soc, sim } = new Bench();
    const { registers } = soc;
    expect(sim.ops.label(registers.read(LPC.STR3))).toBe('STR3 read');
    expect(sim.ops.label(registers.write(LPC.ODR3, 1))).toBe('ODR3 write');
    expect(sim.ops.describe(registers.write(LPC.STR3, 0x80))).toBe('STR3 := 80h');
    const framed = registers.at(sim.ops.frame('kcs_bmc_handle_cmd'));
    expect(sim.ops.describe(framed.write(LPC.LSADR12, 0xff))).toBe('kcs_bmc_handle_cmd: LSADR12 := FFh');
    expect(sim.ops.label(framed.read(LPC.LSADR12))).toBe('kcs_bmc_handle_cmd: LSADR12 read');
  });

  it('polls STR at whole periods until it changes or the time is over', () => {
    const bench = new Bench();
    const { registers } = bench.soc;
    const port = bench.soc.port(0xca2);
    const at: [number, number][] = [];
    bench.context('bmc', function* () {
      yield registers.write(LPC.ODR3, 1);
      let str = yield registers.poll(LPC.STR3, STR.OBF, STR.OBF, 1 * US);
      at.push([bench.sim.now, str]);
      yield registers.write(LPC.ODR3, 2);
      str = yield registers.poll(LPC.STR3, STR.OBF, STR.OBF, 1 * US, bench.sim.now + 100 * US);
      at.push([bench.sim.now, str]);
    });
    bench.context('host', function* () {
      for (let i = 0; i < 5; i++) yield port.inb(Reg.status);
      yield port.inb(Reg.data);
    });
    bench.run();
    const first = 420 * NS + 6 * US;
    expect(at).toEqual([[first, 0], [first + 420 * NS + 100 * US, STR.OBF]]);
    expect(() => registers.poll(LPC.HICR0, 1, 0, 1)).toThrow('HICR0 cannot be polled');
  });

  it('refuses accesses that carry values outside a running context', () => {
    const { soc } = new Bench();
    expect(() => soc.registers.write32(LPC.HICR5, 1)).toThrow('running context');
    expect(() => soc.registers.poll(LPC.STR3, 1, 0, 1)).toThrow('running context');
  });
});

describe('the wires', () => {
  it('IBF reaches the BMC through VIC source 8, at the instant of the host access', () => {
    const bench = new Bench();
    const { soc, sim } = bench;
    const lines: [number, number][] = [];
    soc.vic.onLine = (level) => lines.push([sim.now, level]);
    const port = soc.port(0xca2);
    bench.context('host', function* () {
      soc.lpc.write(LPC.HICR2, HICR2.IBFIE3);
      soc.vic.unmask(VIC_LPC);
      yield port.outb(Reg.command, 0x61);
      expect(soc.vic.next()).toBe(VIC_LPC);
      yield soc.registers.read(LPC.IDR3);
    });
    bench.run();
    expect(lines).toEqual([[600_000 + 12 * CLK, 1], [600_000 + 13 * CLK + 300 * NS, 0]]);
  });

  it('the cause comes before its consequences in the trace', () => {
    const bench = new Bench();
    const port = bench.soc.port(0xca2);
    bench.context('host', function* () {
      bench.soc.lpc.write(LPC.HICR2, HICR2.IBFIE3);
      bench.soc.vic.unmask(VIC_LPC);
      yield port.outb(Reg.command, 0x61);
    });
    bench.run();
    expect(bench.texts.map(([, text]) => text)).toEqual([
      'interrupt source 8 (LPC) unmasked', 'host writes command 61h to IDR3', 'interrupt source 8 (LPC) rises',
      'IRQ to the BMC rises for source 8 (LPC)',
    ]);
  });

  it('a byte reaches the host through SerIRQ: ODR, then the enable bit, then the slot; its read takes a slot back', () => {
    const bench = new Bench();
    const { soc, sim } = bench;
    const port = soc.port(0xca2);
    const samples: [number, number, number][] = [];
    const bytes: number[] = [];
    const hicr5 = (10 << 20) | HICR5.SEL3IRQX;
    const ctx = bench.context('host', function* () {
      bytes.push(yield port.inb(Reg.data));
    }, -1);
    soc.serirq.onHost = (irq, level) => {
      samples.push([sim.now, irq, level]);
      if (level === 1) ctx.start();
    };
    bench.context('bmc', function* () {
      yield soc.registers.write32(LPC.HICR5, hicr5);
      yield soc.registers.write(LPC.ODR3, 0x42);
      yield soc.registers.write32(LPC.HICR5, hicr5 | HICR5.IRQXE3);
    });
    bench.run();
    const asserted = 360 * NS; // 11.88 clocks: the sequence starts with the 12th
    expect(samples[0]).toEqual([(Math.ceil(asserted / CLK) + 36) * CLK, 10, 1]);
    const read = samples[0][0] + 600_000 + 12 * CLK;
    expect(samples[1]).toEqual([(Math.ceil(read / CLK) + 36) * CLK, 10, 0]);
    expect([bytes, soc.lpc.read(LPC.HICR5)]).toEqual([[0x42], hicr5]);
  });

  it('SIRQCR0.Q/C shows the mode that the host chose', () => {
    for (const serirqQuiet of [0, 1]) {
      const bench = new Bench({ serirqQuiet });
      bench.run();
      expect(bench.soc.lpc.read(LPC.SIRQCR0)).toBe(serirqQuiet === 1 ? SIRQCR0.QC : 0);
      bench.soc.bmcReset();
      expect(bench.soc.lpc.read(LPC.SIRQCR0)).toBe(serirqQuiet === 1 ? SIRQCR0.QC : 0);
    }
  });
});

describe('resets', () => {
  it('of the BMC: the host finds nobody, its interrupt is withdrawn, the CPU line falls', () => {
    const bench = new Bench();
    const { soc, sim } = bench;
    const port = soc.port(0xca2);
    const seen: number[] = [];
    let line = 0;
    soc.vic.onLine = (level) => {
      line = level;
    };
    bench.context('host', function* () {
      soc.lpc.write(LPC.HICR2, HICR2.IBFIE3);
      soc.vic.unmask(VIC_LPC);
      soc.lpc.write(LPC.HICR5, (10 << 20) | HICR5.IRQXE3);
      yield soc.registers.write(LPC.ODR3, 1);
      yield port.outb(Reg.command, 0x61);
      expect([line, soc.lpc.hostIrqs.requested]).toEqual([1, 1 << 10]);
      soc.bmcReset();
      expect([line, soc.lpc.hostIrqs.requested]).toEqual([0, 0]);
      seen.push(yield port.inb(Reg.status));
    });
    bench.run();
    expect(seen).toEqual([0xff]);
    expect(sim.now).toBeGreaterThan(0);
  });

  it('of the BMC wakes a host that polls', () => {
    const bench = new Bench();
    const port = bench.soc.port(0xca2);
    const seen: number[] = [];
    bench.context('host', function* () {
      seen.push(yield port.poll(STR.OBF, 0, 1 * US, END_OF_TIME));
    });
    bench.at(50 * US, () => bench.soc.bmcReset());
    bench.run();
    expect(seen).toEqual([0xff]);
  });

  it('of the host: LRESET# is remembered in HICR2', () => {
    const { soc } = new Bench();
    soc.hostReset();
    expect(soc.lpc.read(LPC.HICR2)).toBe(HICR2.LRST);
  });

  it('of the simulator: the same run again, to the last hash', () => {
    const bench = new Bench({ serirqQuiet: 0 });
    const { soc } = bench;
    const port = soc.port(0xca2);
    bench.context('host', function* () {
      yield port.outb(Reg.command, 0x61);
      yield port.poll(STR.OBF, 0, 1 * US, END_OF_TIME);
      yield port.inb(Reg.data);
      yield soc.port(0x300).inb(Reg.data);
    });
    bench.context('bmc', function* () {
      yield soc.registers.write32(LPC.HICR5, (10 << 20) | HICR5.SEL3IRQX | HICR5.IRQXE3);
      yield soc.registers.poll(LPC.STR3, STR.IBF, 0, 1 * US);
      yield soc.registers.write(LPC.ODR3, 0x42);
    });
    bench.run();
    const first = [bench.sim.hash, bench.sim.now, JSON.stringify(bench.texts)];
    for (let i = 0; i < 3; i++) {
      bench.run();
      expect([bench.sim.hash, bench.sim.now, JSON.stringify(bench.texts)]).toEqual(first);
    }
    expect(bench.texts.length).toBeGreaterThan(6);
  });
});

describe('a run that ends with everything pending', () => {
  it('leaves nothing to the next', () => {
    const bench = new Bench();
    const { soc } = bench;
    const port = soc.port(0xca2);
    bench.context('both', function* () {
      soc.vic.unmask(VIC_LPC);
      yield soc.registers.write(LPC.HICR2, HICR2.IBFIE3);
      yield soc.registers.write(LPC.ODR3, 0x42);
      yield soc.registers.write32(LPC.HICR5, (10 << 20) | HICR5.SEL3IRQX | HICR5.IRQXE3);
      yield port.outb(Reg.command, 0x61);
      yield port.inb(Reg.status);
    });
    bench.run();
    const first = bench.texts.map(([at, text]) => `${at} ${text}`);
    expect(first).toContain(`${(12 + 36) * CLK} host samples IRQ10 high`);
    expect([soc.vic.next(), soc.serirq.level(10)]).toEqual([VIC_LPC, 1]);
    bench.run();
    expect(bench.texts.map(([at, text]) => `${at} ${text}`)).toEqual(first);
  });
});

describe('the parameters', () => {
  it('are documented, integers, and their defaults within bounds', () => {
    const names = new Set<string>();
    for (const { name, default: nominal, min, max, text, source } of AST2500_PARAMETERS) {
      expect(names.has(name)).toBe(false);
      names.add(name);
      for (const n of [nominal, min, max]) expect(Number.isSafeInteger(n)).toBe(true);
      expect(nominal).toBeGreaterThanOrEqual(min);
      expect(nominal).toBeLessThanOrEqual(max);
      expect(text.length).toBeGreaterThan(20);
      expect('ABC').toContain(source);
    }
  });

  it('are checked', () => {
    expect(ast2500Params().lclk).toBe(CLK);
    expect(ast2500Params({ lclk: 30_000 }).lclk).toBe(30_000);
    const bad: Partial<Ast2500Params>[] = [
      { lclk: 29_999 }, { apbRead: 800_001 }, { hostIo: 400_000.5 }, { serirqStartClocks: 5 }, { lclk: Number.NaN },
    ];
    for (const params of bad) expect(() => ast2500Params(params)).toThrow(RangeError);
  });
});
