import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBtHost } from '../../src/conform/bt-host.ts';
import { isBtHost } from '../../src/conform/bt-record.ts';
import { isKcsHost } from '../../src/conform/kcs-record.ts';
import { parseRecording, type Fields, type Recording } from '../../src/conform/recording.ts';
import type { HostResult } from '../../src/conform/transactions.ts';
import { BtSm } from '../../src/host/bt/bt-data.ts';
import { BT_CTRL, BT_INTMASK } from '../../src/host/bt/bt-ports.ts';
import { BtStateMachine } from '../../src/host/bt/bt-sm.ts';
import type { HostIo } from '../../src/host/io.ts';
import type { HostLog } from '../../src/host/log.ts';
import { SiSmResult, type Us } from '../../src/host/si/si-sm.ts';
import type { SiTimer } from '../../src/host/si/si-timer.ts';
import { BtCtrl } from '../../src/ipmi/bt.ts';
import type { Steps } from '../../src/sim/process.ts';

const FOLDER = new URL('../data/bt/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'));
const BOOT = 'bt_boot_probe.jsonl';

function load(name: string): Recording {
  return parseRecording(readFileSync(new URL(name, FOLDER), 'utf8'));
}

/** How many transactions a header promises. */
function promised({ header }: Recording): number {
  const list = header['transactions'];
  return Array.isArray(list) ? list.length : 1;
}

describe('ipmi_si 6.1 on BT, as recorded', () => {
  it('has its ten files', () => {
    expect(FILES).toHaveLength(10);
  });

  it.each(FILES)('%s is what the host model does, access by access', (name) => {
    const recording = load(name);
    expect([isBtHost(recording), isKcsHost(recording)]).toEqual([true, false]);
    const result = compareBtHost(recording);
    expect(result.first).toBeUndefined();
    expect(result.mismatches).toBe(0);
    expect(result.steps).toBe(recording.lines.filter((line) => line['op'] !== 'irq').length);
    expect(result.transactions).toHaveLength(promised(recording));
    for (const { ok } of result.transactions) expect(ok).toBe(true);
  });
});

type Mutant = new (io: HostIo, log: HostLog) => BtStateMachine;

/** Reads BT_CTRL once in XACTION_START. */
class ReadsOnceAtStart extends BtStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    if (this.state !== BtSm.XACTION_START) return yield* super.event(status, time);
    this.state = BtSm.WRITE_BYTES;
    return SiSmResult.CALL_WITHOUT_DELAY;
  }
}

/** Looks at B_BUSY again before it writes. */
class LooksAgain extends BtStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    if (this.state === BtSm.WRITE_BYTES && ((yield this.io.inb(BT_CTRL)) & BtCtrl.B_BUSY) !== 0) return SiSmResult.CALL_WITH_DELAY;
    return yield* super.event(status, time);
  }
}

/** Goes from WRITE_BYTES to READ_WAIT. */
class SkipsConsume extends BtStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    const result = yield* super.event(status, time);
    if (this.state === BtSm.WRITE_CONSUME) this.state = BtSm.READ_WAIT;
    return result;
  }
}

/** Acknowledges before it sets H_BUSY. */
class AcknowledgesFirst extends BtStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    if (this.state !== BtSm.READ_WAIT || (status & BtCtrl.B2H_ATN) === 0) return yield* super.event(status, time);
    yield this.io.outb(BT_CTRL, BtCtrl.B2H_ATN);
    yield this.io.outb(BT_CTRL, BtCtrl.H_BUSY);
    this.state = BtSm.CLEAR_B2H;
    return SiSmResult.CALL_WITHOUT_DELAY;
  }
}

/** Goes from READ_WAIT to READ_BYTES. */
class SkipsClear extends BtStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    const result = yield* super.event(status, time);
    if (this.state === BtSm.CLEAR_B2H) this.state = BtSm.READ_BYTES;
    return result;
  }
}

/** Leaves H_BUSY to itself. */
class KeepsHBusy extends BtStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    const steps = super.event(status, time);
    const reading = this.state === BtSm.READ_BYTES;
    const off = this.io.outb(BT_CTRL, BtCtrl.H_BUSY);
    let step = steps.next(0);
    while (step.done !== true) step = steps.next(reading && step.value === off ? 0 : yield step.value);
    return step.value;
  }
}

/** Leaves SMS_ATN set. */
class KeepsSmsAtn extends BtStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    const attention = this.state === BtSm.IDLE && (status & BtCtrl.SMS_ATN) !== 0;
    return attention ? SiSmResult.ATTN : yield* super.event(status, time);
  }
}

/** Numbers its requests by two. */
class CountsByTwo extends BtStateMachine {
  override startTransaction(data: Uint8Array, size: number): number {
    const err = super.startTransaction(data, size);
    this.seq = (this.seq + 1) & 0xff;
    return err;
  }
}

/** Does not begin with 0 again behind the capabilities. */
class GoesOnCounting extends BtStateMachine {
  override *detect(io: HostIo, timer: SiTimer): Steps<boolean> {
    const there = yield* super.detect(io, timer);
    this.seq = 1;
    return there;
  }
}

/** Reads BT_INTMASK in any case when it looks for the interface. */
class ReadsIntMask extends BtStateMachine {
  override *detect(io: HostIo, timer: SiTimer): Steps<boolean> {
    yield io.inb(BT_INTMASK);
    return yield* super.detect(io, timer);
  }
}

const MUTANTS: readonly (readonly [Mutant, string, number, string])[] = [
  [ReadsOnceAtStart, BOOT, 7, 'BT_CTRL := 01h'],
  [LooksAgain, 'bt_get_device_id.jsonl', 1, 'read of BT_CTRL'],
  [SkipsConsume, 'bt_get_device_id.jsonl', 8, 'BT_CTRL := 40h'],
  [AcknowledgesFirst, 'canned_bt_delay_20ms.jsonl', 13, 'BT_CTRL := 08h'],
  [SkipsClear, 'bt_invalid_cmd.jsonl', 12, 'BT_CTRL := 02h'],
  [KeepsHBusy, 'canned_bt_resp_len_128.jsonl', 149, 'read of BT_CTRL'],
  [KeepsSmsAtn, 'canned_bt_atn_event.jsonl', 148, 'read of BT_CTRL'],
  [CountsByTwo, BOOT, 71, 'HOST2BMC := 02h'],
  [GoesOnCounting, BOOT, 38, 'HOST2BMC := 01h'],
  [ReadsIntMask, BOOT, 0, 'read of BT_INTMASK'],
];

describe('the comparison', () => {
  it.each(MUTANTS)('sees %o', (Machine, name, at, got) => {
    const result = compareBtHost(load(name), (io, log) => new Machine(io, log));
    expect(result.mismatches).toBeGreaterThan(0);
    expect(result.first).toMatchObject({ i: at, got });
  });

  it('sees a response that is not the one of the header', () => {
    const { header, lines } = load('bt_invalid_cmd.jsonl');
    const result = compareBtHost({ header: { ...header, resp: '1c ff c2' }, lines });
    expect(result.mismatches).toBe(1);
    expect(result.transactions[0]?.ok).toBe(false);
  });

  it('sees any changed write, lost access or sequence number', () => {
    for (const name of [BOOT, 'canned_bt_atn_event.jsonl']) {
      const { header, lines } = load(name);
      const writes = lines.flatMap((line, at) => (line['op'] === 'w' ? [at] : []));
      fc.assert(fc.property(fc.constantFrom(...writes), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = lines.map((line, n): Fields => (n === at ? { ...line, val: Number(line['val']) ^ flip } : line));
        expect(compareBtHost({ header, lines: changed }).mismatches).toBeGreaterThan(0);
        expect(compareBtHost({ header, lines: lines.filter((_, n) => n !== at) }).mismatches).toBeGreaterThan(0);
      }));
    }
  });
});

describe('the interrupt handler in a recording', () => {
  const base = load('bt_irq5_get_device_id.jsonl');
  const handler: Fields = { i: 99, t_us: 90, op: 'w', addr: '0xe6', reg: 'BT_INTMASK', val: 3, size: 1 };
  const idle: Fields = { i: 100, t_us: 95, op: 'r', addr: '0xe4', reg: 'BT_CTRL', val: 0, size: 1 };

  /** The recording with more lines at `at`. */
  function inserted(at: number, ...more: Fields[]): HostResult {
    const lines = [...base.lines];
    lines.splice(at < 0 ? lines.length : at, 0, ...more);
    return compareBtHost({ header: base.header, lines });
  }

  it('comes between event calls, when the recording says so', () => {
    expect(base.lines.some((line) => line['op'] === 'irq' && line['level'] === 1)).toBe(true);
    expect(inserted(-1, handler, idle).mismatches).toBe(0);
    const consume = base.lines.findIndex((line) => line['op'] === 'irq') + 1;
    expect(inserted(consume, handler).mismatches).toBe(0);
  });

  it('comes with the line at 1 only, writes 03h, and not into the middle of an event call', () => {
    expect(inserted(-1, { ...handler, op: 'irq', level: 0 }, handler, idle).mismatches).toBe(1);
    expect(inserted(-1, { ...handler, val: 1 }, idle).mismatches).toBe(1);
    const buffer = base.lines.findIndex(({ reg }) => reg === 'BMC2HOST');
    expect(inserted(buffer, handler).first).toMatchObject({ expected: 'BT_INTMASK := 03h', got: 'read of BMC2HOST' });
  });

  it('is not taken for something that a model of the boot has to write by itself', () => {
    const { header, lines } = load(BOOT);
    const boot = { header: { ...header, host_irq: 5 }, lines };
    // A driver with an interrupt asks for the enables once more: the recording is of one without.
    expect(compareBtHost(boot).mismatches).toBeGreaterThan(0);
  });
});
