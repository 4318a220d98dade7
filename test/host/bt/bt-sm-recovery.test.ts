import { beforeEach, describe, expect, it } from 'vitest';
import { BT_NORMAL_TIMEOUT, BT_RESET_DELAY, BtSm } from '../../../src/host/bt/bt-data.ts';
import type { BtStateMachine } from '../../../src/host/bt/bt-sm.ts';
import { FOREVER, SiSmResult } from '../../../src/host/si/si-sm.ts';
import { BtCtrl } from '../../../src/ipmi/bt.ts';
import { BtDriver } from './sm-driver.ts';

const { B2H_ATN, B_BUSY, H_BUSY } = BtCtrl;
const { CALL_WITH_DELAY, CALL_WITHOUT_DELAY, TRANSACTION_COMPLETE } = SiSmResult;
const FLAGS_RESET = 'r0 w0=01 w0=10 w2=80';

let driver: BtDriver;
let sm: BtStateMachine;
let log: BtDriver['log'];

beforeEach(() => {
  driver = new BtDriver();
  ({ sm, log } = driver);
});

/** Time runs out in the state where the machine is, with BT_CTRL `status`. */
function timeOut(status: number): SiSmResult {
  return driver.event(status, BT_NORMAL_TIMEOUT + 1).result;
}

describe('ipmi_bt_sm.c: patience', () => {
  it('is 5 s of told time, in every state of a request together', () => {
    driver.start(0x18, 0x01);
    expect(driver.event(B_BUSY, BT_NORMAL_TIMEOUT - 1).result).toBe(CALL_WITH_DELAY);
    driver.event(0);
    driver.event(0);
    expect(driver.event(B_BUSY, 1)).toEqual({ result: CALL_WITH_DELAY, did: '' });
    expect(sm.budget(B_BUSY)).toBe(0);
    expect(driver.event(B_BUSY, 1)).toEqual({ result: CALL_WITHOUT_DELAY, did: '' });
    expect(sm.state).toBe(BtSm.RESTART);
    expect(log.lines.slice(2)).toEqual(['gave up B_BUSY=0 and H2B_ATN=0', 'abandoned: no response in time']);
  });

  it('does not end while a stale response is drained', () => {
    driver.start(0x18, 0x01);
    driver.event(B2H_ATN, 100 * BT_NORMAL_TIMEOUT, B2H_ATN);
    expect(sm.budget(B_BUSY)).toBe(BT_NORMAL_TIMEOUT);
  });

  it('is fresh for the same request with the same sequence number, once', () => {
    sm.seq = 7;
    driver.to(BtSm.READ_WAIT);
    expect(timeOut(0)).toBe(CALL_WITHOUT_DELAY);
    expect(driver.event(0)).toEqual({ result: CALL_WITH_DELAY, did: '' }); // RESTART
    expect(sm.budget(B_BUSY)).toBe(BT_NORMAL_TIMEOUT);
    driver.event(0);
    expect(driver.event(0).did).toBe('w0=01 w1=03 w1=18 w1=07 w1=01 w0=04');
    expect(timeOut(0)).toBe(TRANSACTION_COMPLETE);
    expect(driver.result()).toEqual([0x1c, 0x01, 0xc3]);
    expect(sm.state).toBe(BtSm.IDLE);
    expect(log.lines.filter((line) => line === 'began 18 01')).toHaveLength(2);
  });

  it('ends with CC C0h and LONG_BUSY if B_BUSY is set, and then requests are refused', () => {
    sm.seq = 7;
    driver.to(BtSm.READ_WAIT);
    sm.errorRetries = 1;
    expect(timeOut(B_BUSY)).toBe(TRANSACTION_COMPLETE);
    expect(driver.result()).toEqual([0x1c, 0x01, 0xc0]);
    expect(sm.startTransaction(Uint8Array.of(0x18, 1), 2)).toBe(0xc0);
    expect(driver.event(B_BUSY, 1_000_000_000)).toEqual({ result: CALL_WITH_DELAY, did: '' });
    expect(sm.budget(B_BUSY)).toBe(FOREVER);
  });

  it('LONG_BUSY ends with B_BUSY, a flags reset and everything as just loaded', () => {
    sm.state = BtSm.LONG_BUSY;
    sm.seq = 9;
    sm.req2rsp = 1;
    sm.retries = 5;
    expect(driver.event(H_BUSY, 0, H_BUSY)).toEqual({ result: CALL_WITH_DELAY, did: 'r0 w0=40 w0=01 w0=10 w2=80' });
    expect([sm.state, sm.seq, sm.req2rsp, sm.retries]).toEqual([BtSm.IDLE, 0, BT_NORMAL_TIMEOUT, 2]);
  });
});

describe('ipmi_bt_sm.c: the reset', () => {
  /** The first request has timed out twice at a BMC that has shown `status`. */
  function twice(status: number): SiSmResult {
    driver.to(BtSm.READ_WAIT);
    timeOut(status);
    driver.event(0);
    driver.event(0);
    driver.event(0);
    return timeOut(status);
  }

  it('is for the first requests only, and for a BMC that showed a bit', () => {
    expect(twice(0x20)).toBe(CALL_WITHOUT_DELAY);
    expect(sm.state).toBe(BtSm.RESET1);
    driver = new BtDriver();
    ({ sm, log } = driver);
    expect(twice(0)).toBe(TRANSACTION_COMPLETE); // stuck
    driver = new BtDriver();
    ({ sm, log } = driver);
    sm.seq = 2; // 3 after the request: more than the retries
    expect(twice(0x20)).toBe(TRANSACTION_COMPLETE);
  });

  it('resets the flags, drains, sends Warm Reset, waits 6 s, drains and begins again', () => {
    twice(0x20);
    expect(driver.event(0, 0, 0, B2H_ATN, 0, 1)).toEqual({
      result: CALL_WITH_DELAY, did: `${FLAGS_RESET} r0 w0=40 w0=08 r0 w0=08 w0=02 r1 r1 w0=40`,
    });
    expect(driver.event(0)).toEqual({ result: CALL_WITH_DELAY, did: 'w0=01 w1=03 w1=18 w1=2a w1=03 w0=04' });
    expect(log.lines.slice(-3)).toEqual(['began 18 03', 'sent', "abandoned: nobody waits for the answer to Warm Reset"]);
    expect(driver.event(B2H_ATN, BT_RESET_DELAY - 1)).toEqual({ result: CALL_WITH_DELAY, did: '' });
    expect(sm.state).toBe(BtSm.RESET3);
    expect(sm.budget(0)).toBe(0);
    expect(driver.event(0, 1)).toEqual({ result: CALL_WITH_DELAY, did: 'r0' });
    expect(driver.event(0)).toEqual({ result: CALL_WITH_DELAY, did: '' });
    driver.event(0);
    expect(driver.event(0).did).toBe('w0=01 w1=03 w1=18 w1=00 w1=01 w0=04');
  });

  it('is repeated for as long as the BMC shows a bit and does not answer', () => {
    twice(0x20);
    for (let n = 0; n < 4; n++) {
      driver.event(0);
      driver.event(0);
      driver.event(0, BT_RESET_DELAY);
      driver.event(0);
      driver.event(0);
      driver.event(0);
      expect(timeOut(0x20)).toBe(CALL_WITHOUT_DELAY);
      expect(sm.state).toBe(BtSm.RESET1);
    }
  });
});

