import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KcsStateMachine } from '../../../src/host/kcs/kcs-sm.ts';
import { IPMI_MAX_MSG_LENGTH, SiSmResult } from '../../../src/host/si/si-sm.ts';
import { ATN, ERROR, IBF, IDLE, OBF, READ, SmDriver, WRITE } from './sm-driver.ts';

let driver: SmDriver;
let sm: KcsStateMachine;
let log: SmDriver['log'];

beforeEach(() => {
  driver = new SmDriver();
  ({ sm, log } = driver);
});

function event(status: number, time = 0, ...reads: number[]): ReturnType<SmDriver['event']> {
  return driver.event(status, time, ...reads);
}

describe('ipmi_kcs_sm.c: a transaction', () => {
  it('writes and reads one message, one state a call', () => {
    driver.start(0x18, 0x01, 0x42);
    expect(event(IDLE)).toEqual({ result: SiSmResult.CALL_WITHOUT_DELAY, did: 'w1=61' });
    expect(event(WRITE | OBF).did).toBe('r0 w0=18');
    expect(event(WRITE | OBF).did).toBe('r0 w0=01');
    expect(event(WRITE | OBF).did).toBe('r0 w1=62');
    expect(event(WRITE | OBF).did).toBe('r0 w0=42');
    expect(event(READ)).toEqual({ result: SiSmResult.CALL_WITH_DELAY, did: '' });
    for (const byte of [0x1c, 0x01, 0x00]) expect(event(READ | OBF, 10, byte).did).toBe('r0 w0=68');
    expect(event(IDLE | OBF)).toEqual({ result: SiSmResult.TRANSACTION_COMPLETE, did: 'r0' });
    const out = new Uint8Array(8);
    expect(sm.getResult(out, 8)).toBe(3);
    expect([...out.subarray(0, 3)]).toEqual([0x1c, 0x01, 0x00]);
    expect(log.lines).toEqual(['began 18 01 42', 'sent', 'responded 1c 01 00']);
  });

  it('takes 2 to 272 bytes, and only when idle', () => {
    expect(sm.startTransaction(new Uint8Array(1), 1)).toBe(0xc7);
    expect(sm.startTransaction(new Uint8Array(273), 273)).toBe(0xc8);
    expect(sm.startTransaction(new Uint8Array(272), 272)).toBe(0);
    expect(sm.startTransaction(new Uint8Array(2), 2)).toBe(0xd5);
  });

  it('waits for IBF before every state, without an access', () => {
    const at: (() => void)[] = [
      () => driver.start(0x18, 0x01),
      () => driver.toWaitRead(),
      () => driver.toError2(),
    ];
    for (const prepare of at) {
      sm.init();
      prepare();
      const { state } = sm;
      for (const status of [IDLE, READ, WRITE, ERROR]) {
        expect(event(status | IBF | OBF | ATN, 10)).toEqual({ result: SiSmResult.CALL_WITH_DELAY, did: '' });
        expect(sm.state).toBe(state);
        expect(sm.watched(status | IBF)).toBe(IBF);
      }
    }
  });

  it('is absent if STATUS reads all ones', () => {
    for (const [status, present] of [[0xff, false], [0xfe, true]] as const) {
      expect(driver.ports.play(sm.detect(driver.ports), [status])).toEqual({ value: present, did: 'r1' });
    }
  });
});

describe('ipmi_kcs_sm.c: where it is not as the figures of §9.15', () => {
  it('reads ODR in WAIT_WRITE_START though OBF is 0, and in no other state', () => {
    driver.start(0x18, 0x01);
    event(IDLE);
    expect(event(WRITE).did).toBe('r0 w0=18');
    expect(event(WRITE).did).toBe('w1=62');
    expect(event(WRITE).did).toBe('w0=01');
  });

  it('does not wait for OBF after a byte: a dummy that comes late is taken for the first byte of the response', () => {
    driver.toWaitRead();
    expect(event(READ | OBF, 0, 0x00).did).toBe('r0 w0=68');
    event(IDLE);
    expect(log.lines.at(-1)).toBe('responded 00');
  });

  it('ends without the last dummy byte, and drains it when idle', () => {
    driver.toWaitRead();
    event(READ | OBF, 0, 0x1c);
    expect(event(IDLE)).toEqual({ result: SiSmResult.TRANSACTION_COMPLETE, did: '' });
    expect(event(IDLE)).toEqual({ result: SiSmResult.IDLE, did: '' });
    expect(event(IDLE | OBF)).toEqual({ result: SiSmResult.IDLE, did: 'r0' });
  });

  it('drains ODR at each idle poll, and in START_OP', () => {
    expect(event(IDLE | OBF | ATN)).toEqual({ result: SiSmResult.ATTN, did: 'r0' });
    driver.start(0x18, 0x01);
    expect(event(IDLE | OBF).did).toBe('r0 w1=61');
  });

  it('looks at SMS_ATN in IDLE only', () => {
    expect(event(ATN).result).toBe(SiSmResult.ATTN);
    driver.start(0x18, 0x01);
    expect(event(ATN)).toEqual({ result: SiSmResult.CALL_WITHOUT_DELAY, did: 'w1=61' });
    expect(event(WRITE | ATN).result).toBe(SiSmResult.CALL_WITHOUT_DELAY);
  });

  it('makes up CC FFh for a short response and C6h for a truncated one', () => {
    const out = new Uint8Array(IPMI_MAX_MSG_LENGTH);
    driver.toWaitRead();
    event(READ | OBF, 0, 0x1c);
    event(IDLE);
    expect(sm.getResult(out, out.length)).toBe(3);
    expect(out[0]).toBe(0x1c);
    expect(out[2]).toBe(0xff);

    sm.init();
    driver.toWaitRead();
    for (let i = 0; i <= IPMI_MAX_MSG_LENGTH; i++) expect(event(READ | OBF, 0, 0).did).toBe('r0 w0=68');
    event(IDLE);
    expect(sm.getResult(out, out.length)).toBe(IPMI_MAX_MSG_LENGTH);
    expect(out[2]).toBe(0xc6);

    sm.init();
    driver.toWaitRead();
    for (const byte of [0x1c, 0x01, 0x00, 0x07, 0x08]) event(READ | OBF, 0, byte);
    event(IDLE);
    expect(sm.getResult(out, 4)).toBe(4);
    expect([...out.subarray(0, 4)]).toEqual([0x1c, 0x01, 0xc6, 0x07]);
  });
});

describe('skipped calls', () => {
  it('cost what the calls would have cost', () => {
    const vain = fc.record({
      status: fc.constantFrom(WRITE | IBF, READ, READ | IBF),
      calls: fc.integer({ min: 1, max: 30 }),
      time: fc.integer({ min: 0, max: 50_000 }),
    });
    fc.assert(fc.property(fc.array(vain, { maxLength: 12 }), (waits) => {
      const folded = new SmDriver();
      const single = new SmDriver();
      folded.toWaitRead();
      single.toWaitRead();
      for (const { status, calls, time } of waits) {
        if (calls * time > single.sm.budget(status)) continue; // the caller skips no further than the budget
        for (let i = 0; i < calls; i++) single.event(status, time);
        folded.event(status, time);
        folded.sm.skip(status, (calls - 1) * time);
        expect(folded.sm.budget(status)).toBe(single.sm.budget(status));
        expect(folded.sm.state).toBe(single.sm.state);
      }
    }));
  });

  it('depend on nothing but the watched bits', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(fc.property(byte, byte, fc.constantFrom(() => driver.toWaitRead(), () => driver.toError2(), () => {}), (a, b, prepare) => {
      const outcome = (status: number): string => {
        sm.init();
        prepare();
        const { result, did } = event(status, 3);
        return `${result} ${did} ${sm.state}`;
      };
      sm.init();
      prepare();
      const mask = sm.watched(a);
      expect(outcome((a & mask) | (b & ~mask))).toBe(outcome(a));
    }));
  });
});
