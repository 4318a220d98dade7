import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { BtSm } from '../../../src/host/bt/bt-data.ts';
import type { BtStateMachine } from '../../../src/host/bt/bt-sm.ts';
import { SiSmResult } from '../../../src/host/si/si-sm.ts';
import { BtCtrl } from '../../../src/ipmi/bt.ts';
import { BtDriver } from './sm-driver.ts';

const { B2H_ATN, B_BUSY, H2B_ATN, H_BUSY, OEM0, SMS_ATN } = BtCtrl;
const { ATTN, CALL_WITH_DELAY, CALL_WITHOUT_DELAY, TRANSACTION_COMPLETE } = SiSmResult;
/** A response to 18 01, sequence number 0. */
const RESPONSE = [0x05, 0x1c, 0x00, 0x01, 0x00, 0x55];

let driver: BtDriver;
let sm: BtStateMachine;
let log: BtDriver['log'];

beforeEach(() => {
  driver = new BtDriver();
  ({ sm, log } = driver);
});

describe('ipmi_bt_sm.c: a transaction', () => {
  it('is three reads of BT_CTRL, the request, and the response with H_BUSY around it', () => {
    driver.start(0x18, 0x01);
    expect(driver.event(0)).toEqual({ result: CALL_WITHOUT_DELAY, did: 'r0' }); // XACTION_START
    expect(driver.event(0)).toEqual({ result: CALL_WITHOUT_DELAY, did: 'w0=01 w1=03 w1=18 w1=00 w1=01 w0=04' });
    expect(driver.event(H2B_ATN)).toEqual({ result: CALL_WITH_DELAY, did: '' }); // WRITE_CONSUME
    expect(driver.event(B_BUSY)).toEqual({ result: CALL_WITH_DELAY, did: '' });
    expect(driver.event(0)).toEqual({ result: CALL_WITHOUT_DELAY, did: '' });
    expect(driver.event(0)).toEqual({ result: CALL_WITH_DELAY, did: '' }); // READ_WAIT
    expect(driver.event(B2H_ATN)).toEqual({ result: CALL_WITHOUT_DELAY, did: 'w0=40 w0=08' });
    expect(driver.event(H_BUSY)).toEqual({ result: CALL_WITHOUT_DELAY, did: '' }); // CLEAR_B2H
    expect(driver.respond(...RESPONSE)).toEqual({ result: TRANSACTION_COMPLETE, did: 'w0=02 r1 r1 r1 r1 r1 r1 w0=40' });
    expect(driver.result()).toEqual([0x1c, 0x01, 0x00, 0x55]);
    expect(sm.state).toBe(BtSm.IDLE);
    expect(log.lines).toEqual(['began 18 01', 'sent', 'responded 1c 01 00 55']);
  });

  it('takes requests of 2 to 272 bytes, in IDLE only', () => {
    expect(sm.startTransaction(new Uint8Array(1), 1)).toBe(0xc7);
    expect(sm.startTransaction(new Uint8Array(273), 273)).toBe(0xc8);
    driver.start(0x18, 0x01);
    expect(sm.startTransaction(new Uint8Array(2), 2)).toBe(0xd5);
  });

  it('writes a length that counts the sequence number, as one byte', () => {
    for (const [size, length] of [[2, '03'], [62, '3f'], [254, 'ff'], [255, '00'], [272, '11']] as const) {
      sm.init();
      driver.start(...new Array<number>(size).fill(0xc0));
      driver.event(0);
      const { did } = driver.event(0);
      expect(did.split(' ')[1]).toBe(`w1=${length}`);
      expect(did.split(' ')).toHaveLength(size + 4);
    }
  });

  it('numbers requests from 0 on, mod 256', () => {
    const numbers = Array.from({ length: 258 }, () => {
      driver.to(BtSm.WRITE_BYTES);
      const seq = Number.parseInt(driver.event(0).did.split(' ')[3].slice(3), 16);
      sm.state = BtSm.IDLE;
      return seq;
    });
    expect(numbers).toEqual(Array.from({ length: 258 }, (_, n) => n % 256));
  });
});

describe('XACTION_START and WRITE_BYTES', () => {
  it('wait while B_BUSY or H2B_ATN is set, whatever else is', () => {
    driver.start(0x18, 0x01);
    for (const status of [B_BUSY, H2B_ATN, B_BUSY | H_BUSY | SMS_ATN | OEM0]) {
      expect(driver.event(status)).toEqual({ result: CALL_WITH_DELAY, did: '' });
    }
    expect(sm.state).toBe(BtSm.XACTION_START);
  });

  it('switch H_BUSY off by the second read of BT_CTRL, and by that of WRITE_BYTES', () => {
    driver.start(0x18, 0x01);
    expect(driver.event(H_BUSY, 0, 0).did).toBe('r0');
    sm.state = BtSm.XACTION_START;
    expect(driver.event(0, 0, H_BUSY).did).toBe('r0 w0=40');
    expect(driver.event(H_BUSY).did).toMatch(/^w0=40 w0=01 w1=03 /);
  });

  it('do not look at B_BUSY again once it was 0: the request goes into a busy BMC', () => {
    driver.to(BtSm.WRITE_BYTES);
    expect(driver.event(B_BUSY)).toEqual({ result: CALL_WITHOUT_DELAY, did: 'w0=01 w1=03 w1=18 w1=00 w1=01 w0=04' });
    expect(log.lines[0]).toBe('broke §11.7: a request is written while B_BUSY is set');
    expect(log.lines[1]).toBe('began 18 01');
  });
});

describe('the response', () => {
  it('is acknowledged until B2H_ATN is 0', () => {
    driver.to(BtSm.CLEAR_B2H);
    for (let n = 0; n < 3; n++) expect(driver.event(B2H_ATN | H_BUSY)).toEqual({ result: CALL_WITH_DELAY, did: 'w0=08' });
    expect(driver.event(H_BUSY)).toEqual({ result: CALL_WITHOUT_DELAY, did: '' });
    expect(sm.state).toBe(BtSm.READ_BYTES);
  });

  it('is read with H_BUSY, which is switched on again if it is off', () => {
    driver.to(BtSm.READ_BYTES);
    expect(driver.event(0, 0, ...RESPONSE).did).toMatch(/^w0=40 w0=02 r1 .* w0=40$/);
  });

  it('matches by NetFn but for its lowest bits, Seq and Cmd; another is thrown away', () => {
    const good = [0x04, 0x1c, 0x00, 0x01, 0x00];
    for (const [at, byte, taken] of [[1, 0x1d, true], [1, 0x18, true], [1, 0x14, false], [2, 0x01, false], [3, 0x02, false]] as const) {
      driver = new BtDriver();
      driver.to(BtSm.READ_BYTES);
      const { result } = driver.respond(...good.map((value, n) => (n === at ? byte : value)));
      expect(result).toBe(taken ? TRANSACTION_COMPLETE : CALL_WITHOUT_DELAY);
      expect(driver.sm.state).toBe(taken ? BtSm.IDLE : BtSm.READ_WAIT);
    }
  });

  it('of a length below 4 is taken for the one that is waited for, and is truncated', () => {
    for (const length of [0, 1, 2, 3]) {
      driver = new BtDriver();
      driver.to(BtSm.READ_BYTES);
      expect(driver.respond(length)).toEqual({ result: TRANSACTION_COMPLETE, did: 'w0=02 r1 w0=40' });
      expect(driver.result()).toEqual([0x1c, 0x01, 0xc6]);
      expect(driver.log.lines.at(-1)).toBe('responded ');
    }
  });

  it('is CC C6h alone if there is no room for it', () => {
    driver.to(BtSm.READ_BYTES);
    driver.respond(...RESPONSE);
    expect(driver.result(3)).toEqual([0x1c, 0x01, 0xc6]);
    expect(driver.result(4)).toEqual([0x1c, 0x01, 0x00, 0x55]);
  });

  it('can be of 254 bytes behind the length', () => {
    driver.to(BtSm.READ_BYTES);
    driver.respond(255, 0x1c, 0, 1, 0, ...new Array<number>(251).fill(7));
    expect(driver.result()).toHaveLength(254);
  });
});

describe('IDLE', () => {
  it('clears SMS_ATN and does not look at H_BUSY then; else switches H_BUSY off', () => {
    expect(driver.event(0)).toEqual({ result: SiSmResult.IDLE, did: '' });
    expect(driver.event(SMS_ATN | H_BUSY)).toEqual({ result: ATTN, did: 'w0=10' });
    expect(driver.event(H_BUSY | B_BUSY)).toEqual({ result: SiSmResult.IDLE, did: 'w0=40' });
  });

  it('and XACTION_START drain a stale response, with no look at its length; later states do not', () => {
    const drained = 'r0 w0=40 w0=08 r0 w0=08 w0=02 r1 r1 r1 w0=40';
    expect(driver.event(B2H_ATN | SMS_ATN, 0, B2H_ATN, 0, 2)).toEqual({ result: CALL_WITH_DELAY, did: drained });
    driver.start(0x18, 0x01);
    expect(driver.event(B2H_ATN, 10_000_000, B2H_ATN, 0, 2)).toEqual({ result: CALL_WITH_DELAY, did: drained });
    expect(driver.event(B2H_ATN, 0, 0)).toEqual({ result: CALL_WITH_DELAY, did: 'r0' }); // gone meanwhile
    expect(sm.state).toBe(BtSm.XACTION_START);
    driver.event(0);
    expect(driver.event(B2H_ATN).did).toMatch(/^w0=01 /);
  });
});

describe('skipped calls', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const states = fc.constantFrom(...Object.values(BtSm).filter((state) => state !== BtSm.PRINTME));

  /** A machine in `state` that has seen the BMC alive or not. */
  function machine(state: BtSm, seen: number): BtDriver {
    const made = new BtDriver();
    made.start(0x18, 0x01);
    made.event(seen & B_BUSY);
    made.sm.state = state;
    return made;
  }

  function outcome(made: BtDriver, status: number): string {
    const { result, did } = made.event(status, 3, 0, 0, 0, 0);
    return `${result} ${did} ${made.sm.state}`;
  }

  it('depend on nothing but the watched bits', () => {
    fc.assert(fc.property(states, byte, byte, byte, (state, seen, a, b) => {
      const mask = machine(state, seen).sm.watched(a);
      expect(outcome(machine(state, seen), (a & mask) | (b & ~mask))).toBe(outcome(machine(state, seen), a));
    }));
  });

  it('do nothing but wait, and cost what the calls would have cost', () => {
    fc.assert(fc.property(states, byte, byte, fc.integer({ min: 0, max: 100_000 }), (state, seen, status, time) => {
      const single = machine(state, seen);
      const folded = machine(state, seen);
      const left = single.sm.budget(status);
      if (left < time) return;
      const { result, did } = single.event(status, time);
      expect([result, did, single.sm.state]).toEqual([state === BtSm.IDLE ? SiSmResult.IDLE : CALL_WITH_DELAY, '', state]);
      folded.sm.skip(status, time);
      expect(folded.sm.budget(status)).toBe(single.sm.budget(status));
    }), { numRuns: 500 });
  });

  it('could hide no sign of life from a machine that has seen none', () => {
    driver.to(BtSm.READ_WAIT);
    expect(sm.watched(0)).toBe(0xff);
    driver.event(OEM0);
    expect(sm.watched(0)).toBe(B2H_ATN);
  });

  it('are none where each call does something', () => {
    for (const [state, status] of [
      [BtSm.IDLE, B2H_ATN], [BtSm.IDLE, H_BUSY], [BtSm.XACTION_START, 0], [BtSm.CLEAR_B2H, B2H_ATN], [BtSm.RESET1, 0], [BtSm.RESTART, B_BUSY],
      [BtSm.LONG_BUSY, 0],
    ] as const) expect(machine(state, 0).sm.budget(status)).toBe(-1);
  });
});
