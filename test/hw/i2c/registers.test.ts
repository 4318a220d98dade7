import { describe, expect, it } from 'vitest';
import {
  Ast2500, FUN_CTRL, I2C, I2C_PARAMETERS, SmbusHost, VIC_I2C, ast2500Params, formatI2c, i2cParams,
} from '../../../src/hw/index.ts';
import { GeneratorProcess, Simulator, US, operandOf, type Ps } from '../../../src/sim/index.ts';
import { ADDRESS, BUS, I2cBench } from './system.ts';

const { apbRead, apbWrite, apbReadMax, apbWriteMax } = ast2500Params();

describe('I2cRegisters: the BMC\'s accesses as steps', () => {
  it('reads and writes take what the APB takes, narrow and wide values alike', () => {
    const b = new I2cBench();
    const seen: [Ps, number][] = [];
    const regs = b.soc.i2c.registers(BUS);
    b.context('bmc', function* () {
      yield regs.write(I2C.AC_TIMING1, 0x7654_3201);
      seen.push([b.sim.now, yield regs.read(I2C.AC_TIMING1)]);
      yield regs.write(I2C.DEV_ADDR, 0x33);
      seen.push([b.sim.now, yield regs.read(I2C.DEV_ADDR)]);
      seen.push([b.sim.now, yield regs.readGlobal]);
    });
    b.run();
    expect(seen.map(([, value]) => value)).toEqual([0x7654_3201, 0x33, 0]);
    expect(b.sim.now).toBe(2 * apbWrite + 3 * apbRead);
  });

  it('the schedule may delay each up to the bound of the bus', () => {
    const { sim, soc } = new I2cBench();
    const regs = soc.i2c.registers(BUS);
    expect(sim.ops.def(regs.read(I2C.CMD)).jitter).toBe(apbReadMax - apbRead);
    expect(sim.ops.def(regs.write(I2C.CMD, 1)).jitter).toBe(apbWriteMax - apbWrite);
  });

  it('labels name the register, values their bits', () => {
    const { sim, soc } = new I2cBench();
    const regs = soc.i2c.registers(BUS).at(sim.ops.frame('aspeed_i2c_bus_irq'));
    expect(sim.ops.label(regs.read(I2C.INTR_STS))).toBe('aspeed_i2c_bus_irq: INTR_STS read');
    expect(sim.ops.label(regs.readGlobal)).toBe('aspeed_i2c_bus_irq: I2CG00 read');
    expect(sim.ops.describe(regs.write(I2C.INTR_STS, 0x94))).toBe('aspeed_i2c_bus_irq: INTR_STS := 94h RX_DONE NORMAL_STOP SLAVE_MATCH');
    expect(sim.ops.describe(regs.write(I2C.CMD, 4))).toBe('aspeed_i2c_bus_irq: CMD := 04h S_TX');
    expect(formatI2c(I2C.CMD, 0x0041_0000)).toBe('CMD=00410000h MACTIVE BUS_BUSY');
    expect(formatI2c(I2C.CMD, 0x0006_0000)).toBe('CMD=00060000h'); // the levels of an idle bus say nothing
    expect(formatI2c(I2C.BYTE_BUF, 0x2042)).toBe('BYTE_BUF=2042h');
  });

  it('footprints name the registers of their bus; I2CG00 depends on all', () => {
    const sim = new Simulator();
    const soc = new Ast2500(sim, ast2500Params(), { buses: [2, 11] });
    const names = (op: number, part: 'reads' | 'writes'): string[] =>
      sim.ops.def(op).footprint(operandOf(op))[part].map((id) => sim.ops.objectName(id));
    const [two, eleven] = [soc.i2c.registers(2), soc.i2c.registers(11)];
    expect(names(two.read(I2C.BYTE_BUF), 'reads')).toEqual(['I2C2 BYTE_BUF']);
    expect(names(eleven.read(I2C.BYTE_BUF), 'reads')).toEqual(['I2C11 BYTE_BUF']);
    expect(names(eleven.write(I2C.INTR_STS, 4), 'writes')).toContain('I2C11 INTR_STS');
    expect(names(eleven.write(I2C.CMD, 4), 'writes')).toContain('I2C11 bus');
    expect(names(two.readGlobal, 'reads')).toEqual(['I2C2 INTR_STS', 'I2C2 INTR_CTRL', 'I2C11 INTR_STS', 'I2C11 INTR_CTRL']);
    const host = new SmbusHost(sim, soc.i2c.bus(11), i2cParams());
    expect(names(host.transfer, 'writes')).toEqual(['I2C11 bus', 'I2C11 INTR_STS', 'I2C11 CMD', 'I2C11 BYTE_BUF']);
    expect(names(two.read(0x38), 'reads')).toEqual([]);
  });
});

describe('the shared interrupt (irq-aspeed-i2c-ic.c)', () => {
  it('I2CG00 has a bit for each bus; the line to the VIC is their OR', () => {
    const sim = new Simulator();
    const soc = new Ast2500(sim, ast2500Params(), { buses: [0, 5, 13] });
    const { i2c, vic } = soc;
    sim.reset();
    for (const n of [0, 5, 13]) {
      i2c.engine(n).write(I2C.FUN_CTRL, FUN_CTRL.MASTER_EN);
      i2c.engine(n).write(I2C.INTR_CTRL, 0x7f);
      i2c.engine(n).latch(1);
    }
    expect(i2c.globalInterrupts).toBe((1 << 0) | (1 << 5) | (1 << 13));
    expect(vic.rawLo).toBe(1 << VIC_I2C);
    i2c.engine(0).write(I2C.INTR_STS, 1);
    i2c.engine(5).write(I2C.INTR_STS, 1);
    expect(i2c.globalInterrupts).toBe(1 << 13);
    expect(vic.rawLo).toBe(1 << VIC_I2C);
    i2c.engine(13).write(I2C.INTR_STS, 1);
    expect(vic.rawLo).toBe(0);
  });

  it('a power-on forgets all; nobody is told', () => {
    const b = new I2cBench({ smbusSetup: 0 });
    b.context('host', function* () {
      b.host.clear().start(ADDRESS, false).stop();
      yield b.host.transfer;
    });
    b.sim.horizon = 200 * US;
    b.run();
    expect(b.soc.i2c.globalInterrupts).toBe(1 << BUS);
    b.sim.reset();
    expect(b.soc.i2c.globalInterrupts).toBe(0);
    expect(b.engine.read(I2C.INTR_STS)).toBe(0);
    expect([b.soc.i2c.bus(BUS).scl, b.soc.i2c.bus(BUS).busy]).toEqual([1, false]);
    b.run();
    expect(b.lines).toHaveLength(1);
  });

  it('SLAVE_MATCH interrupts only if it is enabled, or if the parameter says always', () => {
    for (const i2cMatchInterrupts of [0, 1]) {
      const b = new I2cBench({ smbusSetup: 0, i2cMatchInterrupts });
      b.context('host', function* () {
        b.host.clear().start(ADDRESS, false).stop();
        yield b.host.transfer;
      });
      b.at(200 * US, () => b.engine.write(I2C.INTR_STS, 4));
      b.sim.horizon = 204 * US;
      b.run();
      expect(b.engine.read(I2C.INTR_STS)).toBe(0x80);
      expect(b.lines.map(([, level]) => level)).toEqual(i2cMatchInterrupts === 0 ? [1, 0] : [1]);
    }
  });

  it('the address-receive-pending bit is shown where it is asked for', () => {
    for (const [bit, value] of [[0, 0x84], [29, 0x2000_0084], [30, 0x4000_0084]] as const) {
      const b = new I2cBench({ i2cAddressPending: bit });
      b.sim.reset();
      b.engine.latch(0x84);
      expect(b.engine.read(I2C.INTR_STS)).toBe(value);
    }
    expect(() => i2cParams({ i2cAddressPending: 7 })).toThrow(RangeError);
  });
});

describe('what is built', () => {
  it('buses 0 to 13, those asked for, none by default', () => {
    const make = (...buses: number[]) => () => new Ast2500(new Simulator(), ast2500Params(), { buses });
    expect(make(14)).toThrow('no I2C bus 14');
    expect(make(3, 3)).toThrow(RangeError);
    expect(() => new Ast2500(new Simulator()).i2c).toThrow('without I2C');
    expect(() => make(3)().i2c.bus(4)).toThrow('not built');
    expect(make(0, 13)().i2c.bus(13).number).toBe(13);
  });

  it('parameters have a source, a text, and a default within their bounds', () => {
    for (const { name, default: value, min, max, text } of I2C_PARAMETERS) {
      expect(value, name).toBeGreaterThanOrEqual(min);
      expect(value, name).toBeLessThanOrEqual(max);
      expect(text.length, name).toBeGreaterThan(20);
    }
    expect(() => i2cParams({ smbusKhz: 401 })).toThrow('smbusKhz=401');
  });

  it('an access outside of a context is refused', () => {
    const { soc } = new I2cBench();
    expect(() => soc.i2c.registers(BUS).write(I2C.AC_TIMING1, 0x1234)).toThrow('running context');
    expect(new GeneratorProcess(function* () {}).resume(0)).toBe(0);
  });
});
