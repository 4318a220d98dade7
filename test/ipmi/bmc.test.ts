import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  EVENT_BYTES, QEMU_IDENTITY, QUEUE_MESSAGES, answer, attention, classifyEcho, createBmcState, messageFlags, postEvent,
  postMessage, postWatchdogPreTimeout, resetBmcState, writeEcho,
} from '../../src/ipmi/index.ts';
import type { BmcState } from '../../src/ipmi/index.ts';
import { bytes, hex } from './bytes.ts';

let bmc: BmcState;
beforeEach(() => {
  bmc = createBmcState();
});

/** Request and response in hex. */
function ask(req: string, room = 1024): string {
  const rsp = new Uint8Array(room);
  return hex(rsp.subarray(0, answer(bmc, bytes(req), bytes(req).length, rsp)));
}

/** Asks one after the other. */
function expectAnswers(pairs: [req: string, rsp: string][]): void {
  expect(pairs.map(([req]) => `${req} -> ${ask(req)}`)).toEqual(pairs.map(([req, rsp]) => `${req} -> ${rsp}`));
}

/** The event that the recorded responder posted. */
const EVENT = '55 aa 02 00 00 00 00 20 00 04 01 30 6f 01 ff ff';

describe('answers as QEMU recorded them', () => {
  test('start-up of ipmi_si on KCS and BT, and of ipmi_ssif', () => {
    expect(bmc).toEqual(createBmcState(QEMU_IDENTITY));
    expectAnswers([
      ['18 57 00', '1c 57 00 00 80 ff ff'],
      ['18 36', '1c 36 00 01 ff ff 0a 00'],
      ['18 01', '1c 01 00 20 00 00 00 02 07 00 00 00 00 00'],
      [`18 01${' 00'.repeat(62)}`, '1c 01 00 20 00 00 00 02 07 00 00 00 00 00'],
      ['18 2f', '1c 2f 00 08'],
      ['18 2e 0c', '1c 2e 00'],
      ['18 30 08', '1c 30 00'],
      ['18 08', '1c 08 00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 00'],
      ['18 42 00', '1c 42 c1'],
      ['18 2f', '1c 2f 00 0c'],
      ['18 2e 0d', '1c 2e 00'],
      ['18 2f', '1c 2f 00 0d'],
      ['18 ff', '1c ff c1'],
      ['b0 00 00', 'b4 00 c1'],
      ['b0 00 03', 'b4 00 c1'],
    ]);
  });

  test('an event, from SMS_ATN until the buffer is empty', () => {
    ask('18 2e 0c');
    expect(postEvent(bmc, bytes(EVENT))).toBe(true);
    expect(attention(bmc)).toBe(true);
    expectAnswers([
      ['18 31', '1c 31 00 02'],
      ['18 35', `1c 35 00 ${EVENT}`],
      ['18 35', '1c 35 80'],
    ]);
    expect(attention(bmc)).toBe(false);
  });
});

describe('completion codes', () => {
  test.each([
    ['', '04 00 c7', 'no NetFn'],
    ['18', '1c 00 c7', 'no command'],
    ['1c 01', '1c 01 c1', 'the NetFn of a response'],
    ['19 01', '1d 01 c2', 'LUN 1'],
    ['1b 04', '1f 04 c2', 'LUN 3'],
    ['19 ff', '1d ff c1', 'unknown command, LUN 1'],
    ['c1 0e 05 6f', 'c5 0e c2', 'echo, LUN 1'],
    ['18 04 00', '1c 04 c7', 'too long'],
    ['18 2e', '1c 2e c7', 'too short'],
    ['18 2e 0c 00', '1c 2e c7', 'too long'],
    ['18 30', '1c 30 c7', 'too short'],
    ['18 57', '1c 57 c7', 'too short'],
    ['18 2e 1c', '1c 2e cc', 'a reserved enable'],
    ['18 30 04', '1c 30 cc', 'a reserved flag'],
    ['18 57 01', '1c 57 cc', 'an interface that this BMC has no capabilities for'],
    ['18 04', '1c 04 00 55 00', 'good'],
    ['18 33', '1c 33 80', 'queue empty'],
    ['18 35', '1c 35 80', 'event buffer empty'],
  ])('%s is answered %s: %s', (req, rsp) => {
    expect(ask(req)).toBe(rsp);
  });

  test('a response longer than the buffer is CAh, and takes nothing with it', () => {
    ask('18 2e 0c');
    postEvent(bmc, bytes(EVENT));
    postMessage(bmc, bytes('00 aa bb'));
    const before = structuredClone(bmc);
    const cmds = ['01', '04', '08', '2f', '31', '33', '35', '36'];
    expect(cmds.map((cmd) => ask(`18 ${cmd}`, 3))).toEqual(cmds.map((cmd) => `1c ${cmd} ca`));
    expect(ask('18 35', 18)).toBe('1c 35 ca');
    expect(ask('c0 0e 05 6f', 4)).toBe('c4 0e ca');
    expect(bmc).toEqual(before);
    expect(ask('18 35', 19)).toBe(`1c 35 00 ${EVENT}`);
    expect(() => ask('18 01', 2)).toThrow(RangeError);
  });
});

describe('message flags', () => {
  beforeEach(() => {
    ask('18 2e 0c');
  });

  test('each is raised by what it stands for, and raises SMS_ATN', () => {
    expect([ask('18 31'), attention(bmc)]).toEqual(['1c 31 00 00', false]);
    postMessage(bmc, bytes('00'));
    expect([ask('18 31'), attention(bmc)]).toEqual(['1c 31 00 01', true]);
    postEvent(bmc, bytes(EVENT));
    expect(ask('18 31')).toBe('1c 31 00 03');
    postWatchdogPreTimeout(bmc);
    expect(ask('18 31')).toBe('1c 31 00 0b');
    expect([ask('18 30 03'), ask('18 31'), attention(bmc)]).toEqual(['1c 30 00', '1c 31 00 08', true]);
    expect([ask('18 30 08'), ask('18 31'), attention(bmc)]).toEqual(['1c 30 00', '1c 31 00 00', false]);
    expect([ask('18 33'), ask('18 35')]).toEqual(['1c 33 80', '1c 35 80']);
  });

  test('clearing one leaves the others', () => {
    for (let clear = 0; clear < 256; clear++) {
      if ((clear & 0x14) !== 0) continue;
      postMessage(bmc, bytes('00'));
      postEvent(bmc, bytes(EVENT));
      postWatchdogPreTimeout(bmc);
      ask(`18 30 ${clear.toString(16)}`);
      expect(messageFlags(bmc)).toBe(0x0b & ~clear);
      ask('18 30 0b');
    }
  });

  test('the event buffer holds one, and none while disabled', () => {
    const second = new Uint8Array(EVENT_BYTES).fill(2);
    expect(postEvent(bmc, bytes(EVENT))).toBe(true);
    expect(postEvent(bmc, second)).toBe(false);
    expect(ask('18 35')).toBe(`1c 35 00 ${EVENT}`);
    expect(postEvent(bmc, second)).toBe(true);
    ask('18 2e 08');
    expect(messageFlags(bmc)).toBe(0);
    expect(postEvent(bmc, second)).toBe(false);
    ask('18 2e 0c');
    expect(ask('18 35')).toBe('1c 35 80');
    expect(() => postEvent(bmc, new Uint8Array(15))).toThrow(RangeError);
  });

  test('the message queue is first in, first out, and bounded', () => {
    const message = fc.uint8Array({ minLength: 1, maxLength: 64 });
    fc.assert(fc.property(fc.array(fc.option(message), { maxLength: 30 }), (steps) => {
      resetBmcState(bmc);
      const model: Uint8Array[] = [];
      for (const step of steps) {
        const get = step === null;
        const oldest = get ? model.shift() : undefined;
        const room = model.length < QUEUE_MESSAGES;
        if (!get && room) model.push(step);
        expect(get ? ask('18 33') : postMessage(bmc, step))
          .toBe(get ? oldest === undefined ? '1c 33 80' : `1c 33 00 ${hex(oldest)}` : room);
        expect(attention(bmc)).toBe(model.length > 0);
      }
      for (const message of model) expect(ask('18 33')).toBe(`1c 33 00 ${hex(message)}`);
      expect(bmc).toEqual(createBmcState());
    }));
    expect(() => postMessage(bmc, new Uint8Array(0))).toThrow(RangeError);
    expect(() => postMessage(bmc, new Uint8Array(65))).toThrow(RangeError);
  });
});

test('Cold Reset asks for a reset, which forgets all', () => {
  ask('18 2e 0f');
  postEvent(bmc, bytes(EVENT));
  postMessage(bmc, bytes('00 01'));
  postWatchdogPreTimeout(bmc);
  expect(ask('18 02')).toBe('1c 02 00');
  expect(bmc.coldReset).toBe(true);
  resetBmcState(bmc);
  expect(bmc).toEqual(createBmcState());
});

test('another BMC is another identity', () => {
  bmc = createBmcState({ ...QEMU_IDENTITY, deviceId: bytes('20 81 02 15 02 bf a2 02 00 34 12 01 02 03 04') });
  expect(ask('18 01')).toBe('1c 01 00 20 81 02 15 02 bf a2 02 00 34 12 01 02 03 04');
});

describe('the echo', () => {
  test('returns whole ones whole', () => {
    fc.assert(fc.property(fc.nat(238), fc.integer({ min: 4, max: 1000 }), (tag, n) => {
      const req = new Uint8Array(n);
      writeEcho(req, tag, n);
      const rsp = new Uint8Array(n + 1);
      expect(answer(bmc, req, n, rsp)).toBe(n + 1);
      expect(classifyEcho(rsp, n + 1)).toEqual({ kind: 'whole', tag });
    }));
  });

  test('and torn ones as they came', () => {
    expect(ask('c0 0e 01 02 03 ff')).toBe('c4 0e 00 01 02 03 ff');
    expect(ask('c0 0e')).toBe('c4 0e 00');
  });
});
