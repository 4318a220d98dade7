import { beforeEach, describe, expect, it } from 'vitest';
import { IBF_RETRY_TIMEOUT, KcsSm, MAX_ERROR_RETRIES, OBF_RETRY_TIMEOUT } from '../../../src/host/kcs/kcs-data.ts';
import type { KcsStateMachine } from '../../../src/host/kcs/kcs-sm.ts';
import { SiSmResult } from '../../../src/host/si/si-sm.ts';
import { MS, SEC } from '../../../src/sim/time.ts';
import { ERROR, IBF, IDLE, OBF, READ, SmDriver, WRITE } from './sm-driver.ts';

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

describe('ipmi_kcs_sm.c: patience', () => {
  it('writes 60h while IBF is still 1 once 5 s have been passed in', () => {
    driver.toWaitRead();
    expect(event(WRITE | IBF, IBF_RETRY_TIMEOUT).result).toBe(SiSmResult.CALL_WITH_DELAY);
    expect(sm.budget(IBF)).toBe(0);
    expect(event(WRITE | IBF, 1, IBF)).toEqual({ result: SiSmResult.CALL_WITHOUT_DELAY, did: 'r1 w1=60' });
    expect(sm.state).toBe(KcsSm.ERROR1);
    expect(log.lines.slice(2)).toEqual([
      'gave up IBF=0', 'abandoned: IBF not clear in time', 'broke §9.15: GET_STATUS/ABORT is written while IBF is set',
    ]);
  });

  it('counts only the time that it is told: calls of the interrupt handler cost no patience', () => {
    driver.toWaitRead();
    for (let i = 0; i < 1000; i++) {
      driver.ports.now += SEC;
      expect(event(WRITE | IBF, 0).result).toBe(SiSmResult.CALL_WITH_DELAY);
    }
    expect(sm.budget(IBF)).toBe(IBF_RETRY_TIMEOUT);
  });

  it('has new patience as soon as IBF is 0', () => {
    driver.toWaitRead();
    event(WRITE | IBF, IBF_RETRY_TIMEOUT);
    event(READ | OBF);
    expect(event(READ | IBF, IBF_RETRY_TIMEOUT).result).toBe(SiSmResult.CALL_WITH_DELAY);
  });

  it('takes a stale byte and writes 68h when OBF does not come in WAIT_READ', () => {
    driver.toWaitRead();
    event(READ, OBF_RETRY_TIMEOUT);
    expect(event(READ, 1, 0xee)).toEqual({ result: SiSmResult.CALL_WITHOUT_DELAY, did: 'r0 w0=68' });
    expect(sm.state).toBe(KcsSm.ERROR0);
    expect(log.lines.at(-1)).toContain('no byte has come');
  });

  it('goes on to ERROR3 when the error code does not come in ERROR2, but counts it', () => {
    driver.toError2();
    expect(sm.errorRetries).toBe(1);
    event(READ, OBF_RETRY_TIMEOUT);
    expect(event(READ, 1).did).toBe('w0=68');
    expect(sm.state).toBe(KcsSm.ERROR3);
    expect(sm.errorRetries).toBe(2);
  });

  it('restarts the request when the last dummy does not come in ERROR3', () => {
    driver.toError2();
    event(READ | OBF);
    event(IDLE, OBF_RETRY_TIMEOUT);
    expect(event(IDLE, 1).did).toBe('w1=61');
    expect(sm.state).toBe(KcsSm.WAIT_WRITE_START);
    expect(sm.errorRetries).toBe(2);
  });
});

describe('ipmi_kcs_sm.c: error recovery', () => {
  it('starts in every state that finds the wrong state bits', () => {
    const wrong: [() => void, number[]][] = [
      [() => driver.start(0x18, 0x01), [READ, WRITE, ERROR]],
      [() => { driver.start(0x18, 0x01); event(IDLE); }, [IDLE, READ, ERROR]],
      [() => { driver.start(0x18, 0x01); event(IDLE); event(WRITE); }, [IDLE, READ, ERROR]],
      [() => { driver.start(0x18, 0x01); event(IDLE); event(WRITE); event(WRITE); }, [IDLE, READ, ERROR]],
      [() => driver.toWaitRead(), [WRITE, ERROR]],
      [() => driver.toError2(), [IDLE, WRITE, ERROR]],
      [() => { driver.toError2(); event(READ | OBF); }, [READ, WRITE, ERROR]],
    ];
    for (const [prepare, states] of wrong) {
      for (const state of states) {
        sm.init();
        prepare();
        expect(event(state | OBF)).toEqual({ result: SiSmResult.CALL_WITHOUT_DELAY, did: '' });
        expect(sm.state).toBe(KcsSm.ERROR0);
      }
    }
  });

  it('aborts, throws the error code away and writes the request again at once, whatever the state', () => {
    driver.toWaitRead();
    event(ERROR);
    expect(event(ERROR | OBF, 0, 0, ERROR).did).toBe('r0 r1 w1=60');
    expect(event(WRITE | OBF).did).toBe('r0 w0=00');
    expect(event(READ | OBF, 0, 0x06).did).toBe('r0 w0=68');
    expect(event(IDLE | OBF).did).toBe('r0 w1=61');
    expect(sm.state).toBe(KcsSm.WAIT_WRITE_START);
    expect(event(WRITE | OBF).did).toBe('r0 w0=18');
    expect(log.lines).toEqual([
      'began 18 01', 'sent', 'abandoned: neither in READ_STATE nor in IDLE_STATE while reading', 'began 18 01',
    ]);
  });

  it('reads STATUS a second time in ERROR0, and tolerates OBF there for 2 s of real time', () => {
    driver.toWaitRead();
    driver.ports.now = 7 * MS; // in jiffy 1 of 4 ms
    event(ERROR);
    driver.ports.now = 4 * MS + 2 * SEC - 1;
    expect(event(ERROR | OBF, 0, 0, ERROR | OBF)).toEqual({ result: SiSmResult.CALL_WITH_TICK_DELAY, did: 'r0 r1' });
    expect(sm.errorRetries).toBe(1);
    driver.ports.now++;
    expect(event(ERROR, 0, ERROR | OBF).did).toBe('r1 w1=60');
  });

  it('is hosed after 10 retries, and then aborts without a request', () => {
    driver.start(0x18, 0x01);
    for (let i = 0; i < MAX_ERROR_RETRIES; i++) {
      expect(event(ERROR).result).toBe(SiSmResult.CALL_WITHOUT_DELAY);
      for (const status of [ERROR, WRITE, READ | OBF]) event(status);
      expect(sm.state).toBe(KcsSm.ERROR3);
    }
    expect(event(ERROR).result).toBe(SiSmResult.HOSED);
    expect(sm.state).toBe(KcsSm.ERROR0);
    expect(event(ERROR).did).toBe('r1 w1=60');
    expect(event(WRITE | OBF).did).toBe('r0 w0=00');
    expect(event(READ | OBF).did).toBe('r0 w0=68');
    expect(event(IDLE | OBF)).toEqual({ result: SiSmResult.TRANSACTION_COMPLETE, did: 'r0' });
    expect(sm.state).toBe(KcsSm.IDLE);
  });

  it('forgets its retries only when a new request begins', () => {
    driver.toError2();
    event(READ | OBF);
    event(IDLE | OBF);
    for (const status of [WRITE, WRITE, WRITE, READ | OBF, READ | OBF, READ | OBF, IDLE]) event(status);
    expect(sm.state).toBe(KcsSm.IDLE);
    expect(sm.errorRetries).toBe(1);
    driver.start(0x18, 0x01);
    expect(sm.errorRetries).toBe(0);
  });

  it('overwrites even HOSED when OBF does not come in ERROR2', () => {
    driver.toError2();
    sm.errorRetries = MAX_ERROR_RETRIES;
    event(READ, OBF_RETRY_TIMEOUT);
    expect(event(READ, 1)).toEqual({ result: SiSmResult.CALL_WITHOUT_DELAY, did: 'w0=68' });
    expect(sm.state).toBe(KcsSm.ERROR3);
  });
});
