import { describe, expect, it } from 'vitest';
import { BT_CTRL, BT_EVENTS, BT_INTMASK, BtReg, HICR0, IBT_IRQ, LPC } from '../../src/hw/index.ts';
import { END_OF_TIME, US, operandOf, type Op } from '../../src/sim/index.ts';
import { Bench } from './system.ts';

const SET_UP = 0x00e4_a00d;

function bench(): Bench {
  const made = new Bench();
  made.at(0, () => made.soc.lpc.write(LPC.iBTCR0, SET_UP));
  return made;
}

describe('the BT ports as steps', () => {
  it('carry a message to the BMC, whose line rises at the access that sets H2B_ATN', () => {
    const b = bench();
    const { soc } = b;
    const port = soc.btPort(0xe4);
    const { registers } = soc;
    const taken: number[] = [];
    const line: number[] = [];
    soc.vic.onLine = (level) => line.push(level);
    b.context('host', function* () {
      soc.vic.unmask(8);
      yield port.outb(BtReg.ctrl, BT_CTRL.CLR_WR_PTR);
      for (const value of [3, 0x18, 7, 1]) yield port.outb(BtReg.fifo, value);
      expect(line).toEqual([]);
      yield port.outb(BtReg.ctrl, BT_CTRL.H2B_ATN);
      expect(line).toEqual([1]);
      expect(yield port.inb(BtReg.intmask)).toBe(0);
    });
    b.context('bmc', function* () {
      yield registers.write32(LPC.iBTCR0, SET_UP);
      yield registers.write(LPC.iBTCR1, IBT_IRQ.H2B | IBT_IRQ.H_BUSY);
      while (((yield registers.read(LPC.iBTCR4)) & BT_CTRL.H2B_ATN) === 0);
      yield registers.write(LPC.iBTCR2, IBT_IRQ.H2B);
      yield registers.write(LPC.iBTCR4, BT_CTRL.CLR_RD_PTR);
      for (let i = 0; i < 4; i++) taken.push(yield registers.read(LPC.iBTCR5));
    });
    b.run();
    expect([taken, line]).toEqual([[3, 0x18, 7, 1], [1, 0]]);
  });

  it('a poll of BT_CTRL ends with the sample that differs', () => {
    const b = bench();
    const port = b.soc.btPort(0xe4);
    const { registers } = b.soc;
    let seen = -1;
    b.context('host', function* () {
      seen = yield port.poll(BT_CTRL.B2H_ATN, 0, US);
    });
    b.context('bmc', function* () {
      yield registers.write(LPC.iBTCR4, BT_CTRL.B_BUSY);
      yield registers.write(LPC.iBTCR4, BT_CTRL.B2H_ATN);
    }, 20 * US);
    b.run();
    expect(seen).toBe(BT_CTRL.B_BUSY | BT_CTRL.B2H_ATN);
    expect(b.texts.filter(([, text]) => text.startsWith('host reads')).length).toBe(2);
  });

  it('a poll sees the ports vanish (FFh), and gives up at its deadline', () => {
    const b = bench();
    const port = b.soc.btPort(0xe4);
    const seen: number[] = [];
    b.context('host', function* () {
      seen.push(yield port.poll(0xff, 0, US, 10 * US));
      seen.push(yield port.poll(0xff, 0, US, END_OF_TIME));
    });
    b.at(30 * US, () => b.soc.lpc.write(LPC.iBTCR0, 0));
    b.run();
    expect(seen).toEqual([0, 0xff]);
  });

  it('the host is interrupted through SerIRQ by iBTCR0 15:12', () => {
    const b = bench();
    const port = b.soc.btPort(0xe4);
    const { registers } = b.soc;
    const sampled: [number, number][] = [];
    b.soc.serirq.onHost = (irq, level) => sampled.push([irq, level]);
    b.context('host', function* () {
      yield port.outb(BtReg.intmask, BT_INTMASK.B2H_IRQ_EN);
      while (sampled.length === 0) yield port.inb(BtReg.ctrl);
      yield port.outb(BtReg.intmask, BT_INTMASK.B2H_IRQ | BT_INTMASK.B2H_IRQ_EN);
      while (sampled.length === 1) yield port.inb(BtReg.ctrl);
    });
    b.context('bmc', function* () {
      yield registers.write(LPC.iBTCR4, BT_CTRL.B2H_ATN);
    }, 20 * US);
    b.run();
    expect(sampled).toEqual([[10, 1], [10, 0]]);
  });

  it('live beside KCS ports in one system', () => {
    const b = bench();
    const kcs = b.soc.port(0xca2);
    const bt = b.soc.btPort(0xe4);
    const other = b.soc.port(0x60, 4);
    const seen: number[] = [];
    b.context('host', function* () {
      b.soc.lpc.write(LPC.HICR0, HICR0.LPC3E | HICR0.LPC1E);
      yield bt.outb(BtReg.ctrl, BT_CTRL.H_BUSY);
      yield kcs.outb(0, 0x11);
      yield other.outb(0, 0x22);
      seen.push(yield bt.inb(BtReg.ctrl), yield kcs.inb(1), yield other.inb(1));
    });
    b.run();
    expect(seen).toEqual([BT_CTRL.H_BUSY, 0x02, 0x02]);
    expect(b.soc.btPort(0xe4)).toBe(bt);
    expect(() => b.soc.btPort(0xffff)).toThrow('no I/O ports');
  });
});

describe('names and footprints', () => {
  const b = bench();
  const { ops } = b.sim;
  const port = b.soc.btPort(0xe4);
  const { registers } = b.soc;
  b.run();

  it('steps are called by what the ports are', () => {
    expect(ops.label(port.inb(BtReg.ctrl))).toBe('BT_CTRL(0E4h) read');
    expect(ops.label(port.outb(BtReg.fifo, 7))).toBe('HOST2BMC(0E5h) write');
    expect(ops.label(port.inb(BtReg.fifo))).toBe('BMC2HOST(0E5h) read');
    expect(ops.describe(port.outb(BtReg.intmask, 0x80))).toBe('BT_INTMASK(0E6h) := 80h');
    expect(ops.label(registers.read(LPC.iBTCR4))).toBe('iBTCR4 read');
    expect(ops.label(port.at(ops.frame('bt_event')).inb(BtReg.ctrl))).toBe('bt_event: BT_CTRL(0E4h) read');
  });

  const touched = (op: Op) => {
    const { reads, writes } = ops.def(op).footprint(operandOf(op));
    return { reads: reads.map((id) => ops.objectName(id)), writes: writes.map((id) => ops.objectName(id)) };
  };
  const conflict = (a: Op, c: Op) => {
    const [x, y] = [touched(a), touched(c)];
    return x.writes.some((name) => y.writes.includes(name) || y.reads.includes(name))
      || y.writes.some((name) => x.reads.includes(name));
  };

  it('what a written byte does not touch commutes with it', () => {
    const raise = registers.write(LPC.iBTCR4, BT_CTRL.B2H_ATN);
    expect(conflict(raise, port.outb(BtReg.ctrl, BT_CTRL.H_BUSY))).toBe(false);
    expect(conflict(raise, port.outb(BtReg.ctrl, BT_CTRL.B2H_ATN))).toBe(true);
    expect(conflict(raise, port.inb(BtReg.ctrl))).toBe(true);
    expect(conflict(raise, port.outb(BtReg.intmask, 1))).toBe(true);
    expect(conflict(registers.write(LPC.iBTCR4, BT_CTRL.B_BUSY), port.outb(BtReg.ctrl, BT_CTRL.H2B_ATN))).toBe(false);
    expect(conflict(registers.read(LPC.iBTCR5), port.outb(BtReg.fifo, 1))).toBe(true);
    expect(conflict(registers.read(LPC.iBTCR5), port.inb(BtReg.fifo))).toBe(false);
    expect(conflict(registers.write(LPC.iBTCR5, 1), port.inb(BtReg.fifo))).toBe(true);
    expect(conflict(registers.write(LPC.iBTCR2, IBT_IRQ.H2B), port.outb(BtReg.ctrl, BT_CTRL.H2B_ATN))).toBe(true);
  });

  it('every access of the host depends on the decode', () => {
    for (const op of [port.inb(BtReg.ctrl), port.outb(BtReg.ctrl, 4), port.inb(BtReg.fifo), port.outb(BtReg.intmask, 0)]) {
      expect(touched(op).reads).toContain('LPC decode');
      expect(conflict(op, registers.write(LPC.iBTCR0, 0))).toBe(true);
    }
  });
});

describe('the trace', () => {
  it('says what each access did', () => {
    const b = bench();
    const port = b.soc.btPort(0xe4);
    const { registers } = b.soc;
    b.context('all', function* () {
      yield port.outb(BtReg.ctrl, BT_CTRL.H_BUSY | BT_CTRL.CLR_WR_PTR);
      yield port.outb(BtReg.fifo, 3);
      yield registers.read(LPC.iBTCR5);
      yield registers.write(LPC.iBTCR4, BT_CTRL.B_BUSY);
      yield registers.write(LPC.iBTCR4, BT_CTRL.B_BUSY | BT_CTRL.B2H_ATN);
      yield port.outb(BtReg.intmask, BT_INTMASK.BMC_HWRST);
      yield port.inb(BtReg.ctrl);
    });
    b.run();
    expect(b.texts.map(([, text]) => text).filter((text) => /^(host|BMC) (read|write)s/.test(text))).toEqual([
      'host writes BT_CTRL:=41h (toggles H_BUSY to 1, clears its write pointer): idle -> H_BUSY',
      'host writes HOST2BMC[0]:=03h',
      'BMC reads HOST2BMC[0]=03h',
      'BMC writes BT_CTRL:=80h (toggles B_BUSY to 1): H_BUSY -> B_BUSY H_BUSY',
      'BMC writes BT_CTRL:=88h (toggles B_BUSY to 0, sets B2H_ATN): B_BUSY H_BUSY -> H_BUSY B2H_ATN',
      'host writes BT_INTMASK:=80h (00h -> 80h)',
      'host reads BT_CTRL=48h H_BUSY B2H_ATN',
    ]);
  });

  it('has a kind for each event', () => {
    const b = bench();
    for (const name of Object.values(BT_EVENTS)) expect(() => b.sim.trace.code(name)).not.toThrow();
  });
});
