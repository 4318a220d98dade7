import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareI2cRecording, compareI2cRegisters } from '../../src/conform/i2c-registers.ts';
import type { MakeEngine } from '../../src/conform/i2c-rig.ts';
import { I2C_RULES, noneExplained, predictRead } from '../../src/conform/i2c-rules.ts';
import { i2cSequence, isI2cRegisters } from '../../src/conform/i2c-sequence.ts';
import { RecordingError, parseRecording, type Fields } from '../../src/conform/recording.ts';
import { AspeedI2c, CMD, I2C, INTR } from '../../src/hw/index.ts';

function load(name: string) {
  return parseRecording(readFileSync(new URL(`../data/registers/${name}.jsonl`, import.meta.url), 'utf8'));
}

const recordings = { i2c_master: load('i2c_master'), i2c_slave_rx: load('i2c_slave_rx') };
const linesOf = (name: keyof typeof recordings): readonly Fields[] => [recordings[name].header, ...recordings[name].lines];
const all = Object.values(recordings).flatMap(({ header, lines }) => [header, ...lines]);
const sequences = all.map(i2cSequence);

/** The same sequence with its access `i` changed. */
function tampered(fields: Fields, i: number, change: Fields): Fields {
  const ops = (fields['ops'] as Fields[]).map((op, at) => (at === i ? { ...op, ...change } : op));
  return { ...fields, ops };
}

describe('the I2C engine of QEMU\'s ast2500-evb, as recorded', () => {
  it.each([['i2c_master', 40], ['i2c_slave_rx', 30]] as const)('%s: is what the model does, in all %i sequences', (name, count) => {
    expect(isI2cRegisters(recordings[name])).toBe(true);
    expect(linesOf(name)).toHaveLength(count);
    const result = compareI2cRecording(recordings[name]);
    expect(result.first).toBeUndefined();
    expect(result.mismatches).toBe(0);
    expect(result.steps).toBe(linesOf(name).reduce((sum, { ops }) => sum + (ops as Fields[]).length, 0));
  });

  it('each rule explains something in these files, and the counts are these', () => {
    expect(compareI2cRegisters(sequences).explained).toEqual({
      'ac-timing1-bits': 40,
      'line-levels': 174,
      'target-state': 37,
      'status-masked': 301,
      'line-latched': 12,
      'repeated-start': 6,
      'unaddressed-byte': 156,
      'nak-state': 3,
    });
  });

  it('is compared to the last bit: any other value of a read is a mismatch', () => {
    for (const fields of all.filter((_, i) => i % 5 === 0)) {
      for (const [i, op] of (fields['ops'] as Fields[]).entries()) {
        if (op['op'] !== 'r') continue;
        for (const bit of [i % 8, 16 + (i % 7)]) {
          const other = tampered(fields, i, { val: (op['val'] as number) ^ (1 << bit) });
          expect(compareI2cRegisters([i2cSequence(other)]).mismatches).toBe(1);
        }
      }
    }
  });

  it('is compared edge by edge: a missing or an additional edge is a mismatch', () => {
    for (const fields of all.filter((_, i) => i % 5 === 0)) {
      for (const [i, op] of (fields['ops'] as Fields[]).entries()) {
        const irq = (op['irq'] as Fields[]).length > 0 ? [] : [{ line: 'i2c', level: 1 }];
        expect(compareI2cRegisters([i2cSequence(tampered(fields, i, { irq }))]).mismatches).toBe(1);
      }
    }
  });

  it('is compared on the wire: a byte sent, or an event that is missing, is a mismatch', () => {
    for (const fields of all.filter((_, i) => i % 5 === 0)) {
      for (const [i, op] of (fields['ops'] as Fields[]).entries()) {
        const wire = op['wire'] as unknown[][] | undefined;
        const at = wire?.findIndex(([what]) => what === 'tx' || what === 'stop' || what === 'other_master_tx' || what === 'slave_ack') ?? -1;
        if (wire === undefined || at < 0) continue;
        const without = wire.filter((_, j) => j !== at);
        expect(compareI2cRegisters([i2cSequence(tampered(fields, i, { wire: without }))]).mismatches).toBeGreaterThan(0);
      }
    }
  });

  it('says where it first differs', () => {
    const { first } = compareI2cRegisters([i2cSequence(tampered(all[0], 3, { val: 1 }))]);
    expect(first).toEqual({ seed: 2000, i: 3, expected: 'read of AC_TIMING1: 01h', got: '7777305h' });
  });
});

/** A wrong engine: how it is wrong, and the rule that might be suspected of hiding it. */
class Wrong extends AspeedI2c {}
const wrong: readonly (readonly [string, MakeEngine])[] = [
  ['TX_ACK is never set', (...args) => new (class extends Wrong {
    override latch(status: number): void {
      super.latch(status & ~INTR.TX_ACK);
    }
  })(...args)],
  ['SLAVE_MATCH is not latched while it is not enabled', (...args) => new (class extends Wrong {
    override latch(status: number): void {
      super.latch((this.read(I2C.INTR_CTRL) & INTR.SLAVE_MATCH) === 0 ? status & ~INTR.SLAVE_MATCH : status);
    }
  })(...args)],
  ['NORMAL_STOP where nothing is stopped', (...args) => new (class extends Wrong {
    override latch(status: number): void {
      super.latch((status & INTR.ABNORMAL) === 0 ? status : (status & ~INTR.ABNORMAL) | INTR.NORMAL_STOP);
    }
  })(...args)],
  ['INTR_STS is cleared by any write', (...args) => new (class extends Wrong {
    override write(offset: number, value: number): void {
      super.write(offset, offset === I2C.INTR_STS ? 0xffff : value);
    }
  })(...args)],
  ['INTR_STS is not cleared at all', (...args) => new (class extends Wrong {
    override write(offset: number, value: number): void {
      if (offset !== I2C.INTR_STS) super.write(offset, value);
    }
  })(...args)],
  ['AC_TIMING1 loses bit 8', (...args) => new (class extends Wrong {
    override read(offset: number): number {
      return offset === I2C.AC_TIMING1 ? super.read(offset) & ~0x100 : super.read(offset);
    }
  })(...args)],
  ['BYTE_BUF: received and sent byte change places', (...args) => new (class extends Wrong {
    override read(offset: number): number {
      const value = super.read(offset);
      return offset === I2C.BYTE_BUF ? ((value & 0xff) << 8) | (value >> 8) : value;
    }
  })(...args)],
  ['BYTE_BUF: a write takes the received byte along', (...args) => new (class extends Wrong {
    override write(offset: number, value: number): void {
      super.write(offset, value);
      if (offset === I2C.BYTE_BUF) this.byteBuf = value & 0xff;
    }
  })(...args)],
  ['the address byte is not received as target', (...args) => new (class extends Wrong {
    override receive(byte: number): void {
      if (!(this.target.addressedNow && byte >> 1 === this.devAddr)) super.receive(byte);
    }
  })(...args)],
  ['the state is another while the engine is target', (...args) => new (class extends Wrong {
    override read(offset: number): number {
      const value = super.read(offset);
      return offset === I2C.CMD && this.target.addressedNow ? value ^ (1 << 19) : value;
    }
  })(...args)],
  ['the state is another between commands', (...args) => new (class extends Wrong {
    override read(offset: number): number {
      const value = super.read(offset);
      return offset === I2C.CMD && this.initiator.state === 8 ? value ^ (1 << 19) : value;
    }
  })(...args)],
  ['BUS_BUSY is not shown', (...args) => new (class extends Wrong {
    override read(offset: number): number {
      return offset === I2C.CMD ? super.read(offset) & ~CMD.BUS_BUSY : super.read(offset);
    }
  })(...args)],
  ['commands stay in CMD', (...args) => new (class extends Wrong {
    private written = 0;
    override write(offset: number, value: number): void {
      super.write(offset, value);
      if (offset === I2C.CMD) this.written = value & 0x38;
    }
    override read(offset: number): number {
      return offset === I2C.CMD ? super.read(offset) | this.written : super.read(offset);
    }
  })(...args)],
  ['M_STOP does nothing', (...args) => new (class extends Wrong {
    override write(offset: number, value: number): void {
      super.write(offset, offset === I2C.CMD ? value & ~CMD.M_STOP : value);
    }
  })(...args)],
  ['the interrupt line never rises', (...args) => new (class extends Wrong {
    override latch(status: number): void {
      this.intrSts |= status;
    }
  })(...args)],
  ['the interrupt line falls when INTR_STS is read', (...args) => new (class extends Wrong {
    override read(offset: number): number {
      const value = super.read(offset);
      if (offset === I2C.INTR_STS && this.line !== 0) {
        this.line = 0;
        this.onLine(0);
      }
      return value;
    }
  })(...args)],
  ['SCL is let go before RX_DONE is acknowledged', (...args) => new (class extends Wrong {
    override latch(status: number): void {
      super.latch(status);
      if ((status & INTR.SLAVE_MATCH) !== 0) this.target.tap.release(0);
    }
  })(...args)],
  ['SCL is never let go', (...args) => new (class extends Wrong {
    override write(offset: number, value: number): void {
      const { tap } = this.target;
      const release = tap.release.bind(tap);
      tap.release = () => {};
      super.write(offset, value);
      tap.release = release;
    }
  })(...args)],
];

describe('an engine that is wrong is found: no rule hides it', () => {
  it.each(wrong)('%s', (_what, make) => {
    expect(compareI2cRegisters(sequences, make).mismatches).toBeGreaterThan(0);
  });

  it('and a right one in the same clothes is not', () => {
    expect(compareI2cRegisters(sequences, (...args) => new Wrong(...args)).mismatches).toBe(0);
  });
});

describe('the rules', () => {
  it('are about registers, bits and states, each with a reason and a source', () => {
    for (const { rule, text, reason, source } of I2C_RULES) {
      expect(`${rule}${text}${reason}${source}`).not.toMatch(/seed|line \d|\.jsonl|i2c_master|i2c_slave/);
      expect(Math.min(text.length, reason.length, source.length)).toBeGreaterThan(8);
    }
  });

  it('touch no read but those of AC_TIMING1 and CMD', () => {
    const changed = Object.keys(I2C).filter((reg) => {
      const explained = noneExplained();
      const same = predictRead(reg, 0xffff_ffff, { naked: null, addressed: true }, explained) === 0xffff_ffff;
      return !same || Object.values(explained).some((n) => n !== 0);
    });
    expect(changed).toEqual(['AC_TIMING1', 'CMD']);
    expect(predictRead('AC_TIMING1', 0xffff_ffff, { naked: null, addressed: true }, noneExplained())).toBe(0x0fff_ff0f);
  });
});

describe('a line that is no sequence', () => {
  const good: Fields = { seed: 1, bus: 2, ops: [{ side: 'bmc', op: 'w', reg: 'CMD', val: 1, irq: [], wire: [['tx', 3]] }] };

  it('a good one is taken', () => {
    expect(i2cSequence(good).ops[0].wire).toEqual(['tx 03h']);
  });

  it.each<[string, Fields]>([
    ['no seed', { ...good, seed: 'x' }],
    ['no bus', { ...good, bus: 14 }],
    ['no accesses', { seed: 1, bus: 2 }],
    ['an access that is a number', { ...good, ops: [3] }],
    ['the host\'s side', tampered(good, 0, { side: 'host' })],
    ['another direction', tampered(good, 0, { op: 'rw' })],
    ['an unknown register', tampered(good, 0, { reg: 'toString' })],
    ['a write of I2CG00', tampered(good, 0, { reg: 'GLOBAL_INTR' })],
    ['a value that is none', tampered(good, 0, { val: 1.5 })],
    ['edges of another line', tampered(good, 0, { irq: [{ line: 'lpc', level: 1 }] })],
    ['no edges', tampered(good, 0, { irq: 0 })],
    ['a wire that is none', tampered(good, 0, { wire: [3] })],
    ['an event without name', tampered(good, 0, { wire: [[3]] })],
    ['an event whose byte is none', tampered(good, 0, { wire: [['tx', 'x']] })],
    ['another controller that is none', { ...good, wire: [7] }],
  ])('is refused: %s', (_what, fields) => {
    expect(() => i2cSequence(fields)).toThrow(RecordingError);
  });
});
