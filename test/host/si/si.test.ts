import { beforeEach, describe, expect, it } from 'vitest';
import { hex } from '../../../src/conform/recording.ts';
import { SiMode } from '../../../src/host/si/si.ts';
import { registerSmi, trySmiInit } from '../../../src/host/si/si-probe.ts';
import { postEvent, postMessage, postWatchdogPreTimeout } from '../../../src/ipmi/index.ts';
import { Str } from '../../../src/ipmi/kcs.ts';
import { ENODEV } from '../../../src/linux/errno.ts';
import { END_OF_TIME, SEC } from '../../../src/sim/time.ts';
import type { FakeBmc } from '../kcs/fake-bmc.ts';
import { SiRig } from './si-rig.ts';

const MODES = Object.values(SiMode);
const ECHO = [0xc0, 0x0e, 1, 2, 3];

let rig: SiRig;
let bmc: FakeBmc;

beforeEach(() => {
  rig = new SiRig();
  ({ bmc } = rig);
});

describe.each(MODES)('ipmi_si in mode %s', (mode) => {
  it('gets the response to each message', () => {
    const si = rig.host({ mode });
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0, 1, 2, 3]);
    expect(rig.transact(si, [0x18, 0x01])).toEqual([0x1c, 0x01, 0]);
    expect(rig.log.lines).toEqual([
      'began c0 0e 01 02 03', 'sent', 'responded c4 0e 00 01 02 03', 'began 18 01', 'sent', 'responded 1c 01 00',
    ]);
  });

  it('makes up a response for a BMC that is dead, after 11 times 5 s', () => {
    const si = rig.host({ mode });
    bmc.deadUntil = END_OF_TIME;
    bmc.str = Str.IBF;
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0xff]);
    // Each 60h and 00h after the first wait goes out with IBF still set; patience counts from the write.
    expect(bmc.now).toBeGreaterThanOrEqual(55 * SEC);
    expect(bmc.now).toBeLessThan(mode === SiMode.poll ? 62 * SEC : 56 * SEC);
    expect(rig.log.lines.filter((line) => line === 'gave up IBF=0')).toHaveLength(11);
  });

  it('refuses what is too short or too long without an access of its own', () => {
    const si = rig.host({ mode });
    expect(rig.transact(si, [0x18])).toEqual([0x1c, 0, 0xc7]);
    expect(rig.transact(si, new Array<number>(273).fill(0x18))).toEqual([0x1c, 0x18, 0xc8]);
    expect(bmc.requests).toHaveLength(0);
  });

  it('takes a response without a last dummy byte', () => {
    bmc.noDummyAtEnd = true;
    expect(rig.transact(rig.host({ mode }), ECHO)).toEqual([0xc4, 0x0e, 0, 1, 2, 3]);
  });

  it('serves the flags watchdog first, then messages, then events, each until there are no more', () => {
    const state = rig.realBmc();
    state.globalEnables = 0x0f;
    postWatchdogPreTimeout(state);
    postMessage(state, Uint8Array.of(0, 1, 2));
    postEvent(state, new Uint8Array(16).fill(7));
    const si = rig.host({ mode });
    const received: string[] = [];
    si.onReceive = (bytes, length) => received.push(hex(bytes, Math.min(length, 4)));
    bmc.play(si.handler());
    bmc.play(si.idle(bmc.now + SEC));
    // Clearing the watchdog's flag ends it; SMS_ATN, still set, brings the rest.
    expect(rig.commands()).toEqual(['31', '30 08', '31', '33', '33', '35', '35']);
    expect(received).toEqual(['1c 33 00 00', '1c 35 00 07']);
    expect(si.info.quiet).toBe(true);
  });

  it('starts a message that was handed over while it was quiet before an SMS_ATN that it has not seen', () => {
    const si = rig.host({ mode });
    postWatchdogPreTimeout(rig.realBmc());
    rig.transact(si, [0x18, 0x01]);
    bmc.play(si.idle(bmc.now + SEC));
    expect(rig.commands()).toEqual(['01', '31', '30 08']);
  });

  it('serves an SMS_ATN before a message that has to wait', () => {
    const si = rig.host({ mode });
    const state = rig.realBmc();
    bmc.play(si.handler());
    postWatchdogPreTimeout(state);
    bmc.play(si.handler());
    rig.transact(si, [0x18, 0x01]);
    expect(rig.commands()).toEqual(['31', '30 08', '01']);
    expect(rig.log.lines.at(-1)).toContain('1c 01 00');
  });
});

describe('the start of ipmi_si', () => {
  it('finds nobody where STATUS reads FFh', () => {
    bmc.str = 0xff;
    expect(bmc.play(trySmiInit(rig.host()))).toBe(-ENODEV);
    expect(bmc.accesses).toHaveLength(1);
  });

  it('finds nobody where the BMC is dead', () => {
    bmc.deadUntil = END_OF_TIME;
    expect(bmc.play(trySmiInit(rig.host()))).toBe(-ENODEV);
  });

  it('asks in the order that is recorded, without interrupt', () => {
    rig.realBmc();
    const si = rig.host();
    expect(bmc.play(trySmiInit(si))).toBe(0);
    bmc.play(registerSmi(si));
    expect(rig.commands()).toEqual(['01', '2f', '2f', '2e 0c', '30 08', '08', '01', '42 00', '42 00']);
  });

  it('switches a receive interrupt off that it does not use', () => {
    rig.realBmc().globalEnables = 0x09;
    const si = rig.host();
    bmc.play(trySmiInit(si));
    expect(rig.commands()).toEqual(['01', '2f', '2e 08', '2f', '2e 0c']);
  });

  it('checks the enables when the interface has an interrupt: 08 becomes 09, 0D, 0F', () => {
    const state = rig.realBmc();
    const si = rig.host({ mode: SiMode.irq });
    expect(bmc.play(trySmiInit(si))).toBe(0);
    bmc.play(si.idle(bmc.now + SEC));
    expect(rig.commands()).toEqual(['01', '2f', '2f', '2e 09', '2f', '2e 0d', '30 08', '2f', '2e 0f', '35']);
    expect(state.globalEnables).toBe(0x0f);
    si.info.requestEvents();
    bmc.play(si.handler());
    bmc.play(si.idle(bmc.now + SEC));
    expect(rig.commands().slice(10)).toEqual(['2f', '35']);
  });

  it('works around a BMC that refuses to set the receive interrupt', () => {
    const state = rig.realBmc();
    const { answer: good } = bmc;
    bmc.answer = (request) => (request[1] === 0x2e && ((request[2] ?? 0) & 1) !== 0 ? [0x1c, 0x2e, 0xcc] : good(request));
    const si = rig.host({ mode: SiMode.irq });
    bmc.play(trySmiInit(si));
    bmc.play(si.idle(bmc.now + SEC));
    expect(si.info.irqEnableBroken).toBe(true);
    expect(state.globalEnables).toBe(0x0c);
  });

  it('asks a BMC again that is still starting', () => {
    let times = 0;
    bmc.answer = () => (++times <= 3 ? [0x1c, 0x01, 0xd2] : [0x1c, 0x01, 0xc1]);
    bmc.play(trySmiInit(rig.host()));
    expect(times).toBe(6);
  });
});
