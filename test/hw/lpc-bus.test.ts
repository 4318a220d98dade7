import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HICR0, LPC, LPC_EVENTS, Reg, STR } from '../../src/hw/index.ts';
import { END_OF_TIME, US, operandOf, type Chooser, type Op, type Ps, type Steps } from '../../src/sim/index.ts';
import { Bench } from './system.ts';

const CLK = 30_303;
const HOST_IO = 600_000;

/** A schedule that delays one step of a context by `late` eighths. */
function late(actor: string, step: number, eighths: number): Chooser {
  return { plan: [{ actor, step, late: eighths }], draw: () => 0 };
}

/** Runs `body` as the host; returns when each of its steps resumed, and with what. */
function host(bench: Bench, body: () => Generator<Op, void, number>, chooser?: Chooser): [Ps, number][] {
  const resumed: [Ps, number][] = [];
  bench.context('host', function* () {
    const steps = body();
    for (let result = steps.next(); result.done !== true;) {
      const value = yield result.value;
      resumed.push([bench.sim.now, value]);
      result = steps.next(value);
    }
  });
  bench.run(chooser);
  return resumed;
}

describe('an I/O cycle (LPC 1.1, H8S/2117 §19)', () => {
  it('takes effect at its 12th clock and ends with its 13th', () => {
    const bench = new Bench();
    const port = bench.soc.port(0xca2);
    const resumed = host(bench, function* () {
      yield port.inb(Reg.status);
      yield port.outb(Reg.data, 1);
      yield port.inb(Reg.status);
    });
    const first = HOST_IO + 12 * CLK;
    const cycle = HOST_IO + 13 * CLK;
    expect(13 * CLK).toBe(393_939);
    expect(resumed).toEqual([[first, 0], [first + cycle, 0], [first + 2 * cycle, STR.IBF]]);
  });

  it('with spacing 4 has its second port 4 higher, as channels 1 and 2 have', () => {
    const bench = new Bench();
    const port = bench.soc.port(0x60, 4);
    const resumed = host(bench, function* () {
      bench.soc.lpc.write(LPC.HICR0, HICR0.LPC1E);
      yield port.outb(Reg.command, 0x61);
      yield port.inb(Reg.status);
    });
    expect(resumed[1][1]).toBe(STR.IBF | STR.CD);
  });

  it('is as much longer as it has wait states, up to the 8 short ones', () => {
    for (const lpcWaitStates of [0, 3, 8]) {
      const bench = new Bench({ lpcWaitStates });
      const port = bench.soc.port(0xca2);
      const resumed = host(bench, function* () {
        yield port.inb(Reg.status);
        yield port.inb(Reg.status);
      });
      expect(resumed[0][0]).toBe(HOST_IO + (12 + lpcWaitStates) * CLK);
      expect(resumed[1][0] - resumed[0][0]).toBe(HOST_IO + (13 + lpcWaitStates) * CLK);
      expect(bench.sim.ops.def(port.inb(0)).jitter).toBe((8 - lpcWaitStates) * CLK);
    }
  });

  it('the schedule may add wait states one by one', () => {
    for (let eighths = 1; eighths <= 8; eighths++) {
      const bench = new Bench();
      const port = bench.soc.port(0xca2);
      const resumed = host(bench, function* () {
        yield port.inb(Reg.status);
        yield port.inb(Reg.status);
      }, late('host', 1, eighths));
      expect(resumed[1][0] - resumed[0][0]).toBe(HOST_IO + (13 + eighths) * CLK);
    }
  });
});

describe('a cycle that nobody answers (LPC 1.1)', () => {
  const abort = HOST_IO + 16 * CLK;

  it('is aborted after 16 clocks: a read gives FFh, a write vanishes', () => {
    const bench = new Bench();
    const port = bench.soc.port(0xca6);
    const resumed = host(bench, function* () {
      yield port.inb(Reg.status);
      yield port.outb(Reg.data, 0x61);
      yield port.inb(Reg.data);
    });
    // Resumed a clock before the end, as an answered cycle is; the next begins at the end.
    expect(resumed).toEqual([[abort - CLK, 0xff], [2 * abort - CLK, 0], [3 * abort - CLK, 0xff]]);
    expect(16 * CLK).toBe(484_848);
    expect(bench.texts).toEqual([
      [abort - CLK, 'host reads port CA7h=FFh: nobody answers'],
      [2 * abort - CLK, 'host writes 61h to port CA6h: nobody answers'],
      [3 * abort - CLK, 'host reads port CA6h=FFh: nobody answers'],
    ]);
    expect(bench.soc.lpc.channels.map(({ idr }) => idr)).toEqual([0, 0, 0, 0]);
  });

  it('costs the same in front of an answered one', () => {
    const bench = new Bench();
    const [absent, port] = [bench.soc.port(0xca6), bench.soc.port(0xca2)];
    const resumed = host(bench, function* () {
      yield absent.inb(Reg.status);
      yield port.inb(Reg.status);
    });
    expect(resumed[1][0]).toBe(abort + HOST_IO + 12 * CLK);
  });

  it('keeps its length when the schedule delays the next step', () => {
    const bench = new Bench();
    const absent = bench.soc.port(0xca6);
    const resumed = host(bench, function* () {
      yield absent.inb(Reg.status);
      yield absent.inb(Reg.status);
    }, late('host', 1, 8));
    expect(resumed[1][0] - resumed[0][0]).toBe(abort + 8 * CLK);
  });

  it('counts as one step, and two hosts may be in one each', () => {
    const bench = new Bench();
    const absent = bench.soc.port(0xca6);
    const seen: [string, Ps, number][] = [];
    for (const name of ['a', 'b']) {
      const ctx = bench.context(name, function* () {
        for (let i = 0; i < 2; i++) {
          const value = yield absent.inb(Reg.status);
          seen.push([name, bench.sim.now, value]);
        }
        expect(ctx.steps).toBe(2);
      });
    }
    bench.run();
    expect(seen).toEqual([
      ['a', abort - CLK, 0xff], ['b', abort - CLK, 0xff], ['a', 2 * abort - CLK, 0xff], ['b', 2 * abort - CLK, 0xff],
    ]);
  });

  it('is decided where the 12th clock would have been', () => {
    for (const [after, value] of [[-1, 0xff], [1, 0]] as const) {
      const bench = new Bench();
      const port = bench.soc.port(0xca2);
      bench.at(HOST_IO + 12 * CLK + after, () => bench.soc.lpc.write(LPC.HICR0, 0));
      const resumed = host(bench, function* () {
        yield port.inb(Reg.status);
      });
      expect(resumed[0][1]).toBe(value);
    }
  });
});

describe('poll', () => {
  const period = 10 * US;
  const sample = HOST_IO + 12 * CLK;

  /** Polls for OBF while the BMC writes ODR at `at`. */
  function pollFor(at: Ps, deadline: Ps): { resumed: [Ps, number]; reads: number } {
    const bench = new Bench();
    const port = bench.soc.port(0xca2);
    let resumed: [Ps, number] = [-1, -1];
    bench.context('host', function* () {
      const value = yield port.poll(STR.OBF, 0, period, deadline);
      resumed = [bench.sim.now, value];
    });
    bench.at(at, () => bench.soc.lpc.write(LPC.ODR3, 1));
    bench.run();
    return { resumed, reads: bench.texts.filter(([, text]) => text.startsWith('host reads STR3')).length };
  }

  it('samples at once, then at whole periods, and sees a change at the first sample after it', () => {
    expect(pollFor(1, END_OF_TIME)).toEqual({ resumed: [sample, STR.OBF], reads: 1 });
    expect(pollFor(sample + 3 * period - 1, END_OF_TIME)).toEqual({ resumed: [sample + 3 * period, STR.OBF], reads: 2 });
    expect(pollFor(sample + 3 * period + 1, END_OF_TIME)).toEqual({ resumed: [sample + 4 * period, STR.OBF], reads: 2 });
  });

  it('gives up at the first sample at or after the deadline', () => {
    const never = END_OF_TIME - 1;
    expect(pollFor(never, sample + 2 * period).resumed).toEqual([sample + 2 * period, 0]);
    expect(pollFor(never, sample + 2 * period + 1).resumed).toEqual([sample + 3 * period, 0]);
    expect(pollFor(never, 0).resumed).toEqual([sample, 0]);
  });

  it('ends when and with what sampling by hand would', () => {
    const step = fc.record({
      wait: fc.integer({ min: 1, max: 4 * period }), value: fc.integer({ min: 0, max: 0xff }),
      what: fc.constantFrom('STR' as const, 'ODR' as const, 'HICR0' as const),
    });
    const mask = fc.constantFrom(STR.OBF, STR.IBF, STR.SMS_ATN, 0xc0, 0xff);
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), mask, (changes, bits) => {
      /** The host polls by `body` while the changes happen; returns when it is done and with what. */
      function polling(body: (bench: Bench) => Steps<number>): readonly [Ps, number] {
        const bench = new Bench();
        let done: readonly [Ps, number] = [-1, -1];
        bench.context('host', function* () {
          const value = yield* body(bench);
          done = [bench.sim.now, value];
        });
        const { lpc } = bench.soc;
        let at = 0;
        for (const { wait, what, value } of changes) {
          at += 2 * wait + 1;
          bench.at(at, () => {
            if (what === 'HICR0') lpc.write(LPC.HICR0, (value & 1) === 0 ? 0 : HICR0.LPC3E);
            else lpc.write(LPC[`${what}3`], value);
          });
        }
        bench.run();
        return done;
      }
      const deadline = 60 * period;
      const polled = polling(function* (bench) {
        return yield bench.soc.port(0xca2).poll(bits, 0, period, deadline);
      });
      const byHand = polling(function* (bench) {
        const pause = bench.sim.ops.define({ label: 'pause', lead: period - HOST_IO - 13 * CLK, exec: () => 0 });
        for (;;) {
          const value = yield bench.soc.port(0xca2).inb(Reg.status);
          if ((value & bits) !== 0 || bench.sim.now >= deadline) return value;
          yield pause;
        }
      });
      expect(polled).toEqual(byHand);
    }), { numRuns: 200 });
  });

  it('of a port that nobody answers sees FFh, and ends with the abort', () => {
    const bench = new Bench();
    const port = bench.soc.port(0xca6);
    const resumed = host(bench, function* () {
      yield port.poll(STR.OBF, 0, period, END_OF_TIME);
    });
    expect(resumed).toEqual([[HOST_IO + 15 * CLK, 0xff]]);
  });

  it('of a port that nobody answers goes on as soon as somebody does', () => {
    const bench = new Bench();
    const port = bench.soc.port(0x60, 4);
    bench.at(sample + 2 * period - 1, () => bench.soc.lpc.write(LPC.HICR0, HICR0.LPC1E));
    const resumed = host(bench, function* () {
      yield port.poll(STR.OBF, STR.OBF, period, END_OF_TIME);
    });
    expect(resumed).toEqual([[sample + 2 * period, 0]]);
  });

  it('needs a period and a running context', () => {
    const bench = new Bench();
    expect(() => bench.soc.port(0xca2).poll(1, 0, 1)).toThrow('running context');
    bench.context('host', function* () {
      yield bench.soc.port(0xca2).poll(1, 0, 0);
    });
    expect(() => bench.run()).toThrow('period');
  });
});

describe('names and footprints', () => {
  const bench = new Bench();
  const port = bench.soc.port(0xca2);
  const { ops } = bench.sim;
  bench.run();

  it('label steps by port, with the function that issues them', () => {
    expect(ops.label(port.inb(Reg.status))).toBe('STATUS(CA3h) read');
    expect(ops.describe(port.outb(Reg.command, 0x61))).toBe('COMMAND(CA3h) := 61h');
    expect(ops.label(port.outb(Reg.data, 0x18))).toBe('DATA(CA2h) write');
    const framed = port.at(ops.frame('start_kcs_transaction'));
    expect(ops.label(framed.inb(Reg.data))).toBe('start_kcs_transaction: DATA(CA2h) read');
    expect(framed.inb(Reg.data) & 0xff).toBe(port.inb(Reg.data) & 0xff);
    expect(operandOf(framed.outb(1, 0xff))).toBe(operandOf(port.outb(1, 0xff)));
    expect(bench.soc.port(0xca2)).toBe(port);
    expect(bench.soc.port(0xca2, 4)).not.toBe(port);
  });

  function names(op: Op): { reads: string[]; writes: string[] } {
    const { reads, writes } = ops.def(op).footprint(operandOf(op));
    return { reads: reads.map((id) => ops.objectName(id)), writes: writes.map((id) => ops.objectName(id)) };
  }

  it('say what a host access touches', () => {
    expect(names(port.inb(Reg.status))).toEqual({ reads: ['LPC decode', 'STR3'], writes: [] });
    expect(names(port.inb(Reg.data))).toEqual({ reads: ['LPC decode', 'ODR3', 'STR3', 'HICR5'], writes: ['STR3', 'HICR5'] });
    for (const reg of [Reg.data, Reg.command]) {
      expect(names(port.outb(reg, 0))).toEqual({ reads: ['LPC decode', 'HICR2', 'IDR3', 'STR3'], writes: ['IDR3', 'STR3'] });
    }
    expect(names(bench.soc.port(0x300).inb(0))).toEqual({ reads: ['LPC decode'], writes: [] });
    expect(names(bench.soc.port(0x300).outb(0, 0))).toEqual({ reads: ['LPC decode'], writes: [] });
  });

  it('say what a BMC access touches', () => {
    const { registers } = bench.soc;
    expect(names(registers.read(LPC.STR3))).toEqual({ reads: ['STR3'], writes: [] });
    expect(names(registers.read(LPC.IDR3))).toEqual({ reads: ['IDR3', 'STR3', 'HICR2'], writes: ['STR3'] });
    expect(names(registers.write(LPC.ODR4, 0))).toEqual({ reads: ['HICRC'], writes: ['ODR4', 'STR4'] });
    expect(names(registers.write(LPC.STR1, 0))).toEqual({ reads: ['STR1', 'SIRQCR0'], writes: ['STR1'] });
    expect(names(registers.write(LPC.HICR2, 0))).toEqual({ reads: [], writes: ['HICR2'] });
    expect(names(registers.write(LPC.HICR0, 0))).toEqual({ reads: [], writes: ['HICR0', 'LPC decode'] });
    expect(names(registers.write(LPC.LADR12L, 0))).toEqual({ reads: ['HICR4'], writes: ['LADR12L', 'LPC decode'] });
    expect(names(registers.read(0x15c))).toEqual({ reads: [], writes: [] });
  });

  it('follow the decode', () => {
    bench.soc.lpc.write(LPC.HICR0, 0);
    expect(names(port.inb(Reg.status)).reads).toEqual(['LPC decode']);
  });
});

describe('the trace of the LPC block', () => {
  it('has each access, the flags before it, and its channel', () => {
    const bench = new Bench();
    const port = bench.soc.port(0xca2);
    const { registers } = bench.soc;
    const events: [string, number, number, number][] = [];
    for (const name of Object.values(LPC_EVENTS)) {
      bench.sim.trace.on(bench.sim.trace.code(name), (_at, _actor, a, b, c) => events.push([name, a, b, c]));
    }
    bench.context('both', function* () {
      yield port.outb(Reg.command, 0x61);
      yield port.outb(Reg.data, 0x18);
      yield registers.read(LPC.STR3);
      yield registers.write(LPC.STR3, 0x80);
      yield registers.read(LPC.IDR3);
      yield registers.read(LPC.IDR3);
      yield registers.write(LPC.ODR3, 0);
      yield registers.write(LPC.ODR3, 0x42);
      yield registers.read(LPC.ODR3);
      yield port.inb(Reg.status);
      yield port.inb(Reg.data);
      yield port.inb(Reg.data);
      yield registers.write(LPC.ODR3, 1);
      yield registers.write(LPC.STR3, 0xc4);
    });
    bench.run();
    expect(events).toEqual([
      ['host.idr.write', 0x61, STR.CD, 3],
      ['host.idr.write', 0x18, STR.IBF, 3],
      ['bmc.str.read', STR.IBF, 0, 3],
      ['bmc.str.write', STR.IBF, 0x80 | STR.IBF, 3],
      ['bmc.idr.read', 0x18, STR.IBF, 3],
      ['bmc.idr.read', 0x18, 0, 3],
      ['bmc.odr.write', 0, 0, 3],
      ['bmc.odr.write', 0x42, STR.OBF, 3],
      ['bmc.odr.read', 0x42, STR.OBF, 3],
      ['host.str.read', 0x81, 0, 3],
      ['host.odr.read', 0x42, STR.OBF, 3],
      ['host.odr.read', 0x42, 0, 3],
      ['bmc.odr.write', 1, 0, 3],
      ['bmc.str.write', 0x81, 0xc4, 3],
    ]);
    expect(bench.texts.map(([, text]) => text)).toEqual([
      'host writes command 61h to IDR3',
      'host writes data 18h to IDR3 (IBF=1: overwrites)',
      'BMC reads STR3=02h IDLE IBF',
      'BMC writes STR3:=82h WRITE IBF',
      'BMC reads IDR3=18h data',
      'BMC reads IDR3=18h data (IBF=0: stale)',
      'BMC writes ODR3:=00h',
      'BMC writes ODR3:=42h (OBF=1: overwrites)',
      'BMC reads ODR3=42h',
      'host reads STR3=81h WRITE OBF',
      'host reads ODR3=42h',
      'host reads ODR3=42h (OBF=0: stale)',
      'BMC writes ODR3:=01h',
      'BMC writes STR3:=C4h ERROR SMS_ATN (discards ODR)',
    ]);
  });

  it('says when a byte was dropped', () => {
    const bench = new Bench({ idrOverwrite: 0 });
    const port = bench.soc.port(0xca2);
    host(bench, function* () {
      yield port.outb(Reg.command, 0x61);
      yield port.outb(Reg.command, 0x60);
    });
    expect(bench.texts.at(-1)?.[1]).toBe('host writes command 60h to IDR3 (IBF=1: dropped)');
    expect(bench.soc.lpc.channels[2].idr).toBe(0x61);
  });
});
