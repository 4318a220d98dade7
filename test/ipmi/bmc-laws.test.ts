import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EVENT_BYTES, QUEUE_MESSAGES, answer, attention, createBmcState, messageFlags, postEvent, postMessage,
  postWatchdogPreTimeout,
} from '../../src/ipmi/index.ts';
import { BMC_COMMANDS } from '../../src/ipmi/bmc-commands.ts';
import { hex } from './bytes.ts';

describe('for any request', () => {
  /** Commands that exist, with the lengths around those that they take, or anything at all. */
  const known = fc.constantFrom(...BMC_COMMANDS).chain((command) => fc.tuple(
    fc.constant(Uint8Array.of(command.netFn << 2, command.cmd)),
    fc.uint8Array({ maxLength: Math.min(command.max + 1, 40) }),
  )).map(([header, data]) => Uint8Array.of(...header, ...data));
  const request = fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) });
  const room = fc.oneof(fc.constant(128), fc.integer({ min: 3, max: 45 }));
  /** A BMC with something in every place. */
  const filling = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.nat(QUEUE_MESSAGES));
  const state = filling.map(([enabled, event, watchdog, messages]) => {
    const made = createBmcState();
    if (enabled) made.globalEnables = 0x0d;
    if (event) postEvent(made, new Uint8Array(EVENT_BYTES).fill(0xe5));
    if (watchdog) postWatchdogPreTimeout(made);
    for (let i = 0; i < messages; i++) postMessage(made, new Uint8Array(1 + 9 * i).fill(i));
    return made;
  });

  test('the response is its own, of 3 bytes or more, and nothing behind it is written', () => {
    fc.assert(fc.property(state, request, room, (made, req, size) => {
      const clean = new Uint8Array(size).fill(0x00);
      const dirty = new Uint8Array(size).fill(0xa5);
      const given = Uint8Array.from(req);
      const len = answer(structuredClone(made), req, req.length, clean);
      expect(answer(made, req, req.length, dirty)).toBe(len);
      expect(req).toEqual(given);
      expect(len).toBeGreaterThanOrEqual(3);
      expect(len).toBeLessThanOrEqual(size);
      expect(hex(dirty.subarray(0, len))).toBe(hex(clean.subarray(0, len)));
      expect([...dirty.subarray(len)].every((byte) => byte === 0xa5)).toBe(true);
      expect([...clean.subarray(len)].every((byte) => byte === 0x00)).toBe(true);
      expect(dirty[0]).toBe((req.length > 0 ? req[0] : 0) | 0x04);
      expect(dirty[1]).toBe(req.length > 1 ? req[1] : 0);
      expect(dirty[2] === 0 || len === 3).toBe(true);
    }), { numRuns: 2000 });
  });

  test('one that fails changes nothing', () => {
    fc.assert(fc.property(state, request, room, (made, req, size) => {
      const before = structuredClone(made);
      const rsp = new Uint8Array(size);
      answer(made, req, req.length, rsp);
      fc.pre(rsp[2] !== 0);
      expect(made).toEqual(before);
    }), { numRuns: 2000 });
  });

  test('bytes behind the request\'s end do not matter', () => {
    fc.assert(fc.property(state, request, fc.uint8Array({ maxLength: 4 }), (made, req, behind) => {
      const [one, two] = [new Uint8Array(128), new Uint8Array(128)];
      answer(structuredClone(made), req, req.length, one);
      answer(made, Uint8Array.of(...req, ...behind), req.length, two);
      expect(hex(one)).toBe(hex(two));
    }));
  });

  test('SMS_ATN is the message flags', () => {
    fc.assert(fc.property(state, fc.array(request, { maxLength: 5 }), (made, requests) => {
      for (const req of requests) {
        answer(made, req, req.length, new Uint8Array(128));
        expect(attention(made)).toBe(messageFlags(made) !== 0);
      }
    }));
  });
});
