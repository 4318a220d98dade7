import { describe, expect, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KcsBmcMainline } from '../../src/drivers/kcs-bmc/mainline.ts';
import { Str, postEvent, postMessage, postWatchdogPreTimeout, type BmcState } from '../../src/ipmi/index.ts';
import type { Settings } from '../../src/scenarios/index.ts';
import { US } from '../../src/sim/index.ts';
import { systemWith } from '../scenarios/script.ts';

/** What the host asked of a BMC to which something happens at 1 ms, and how it ended. */
function flow(driver: typeof KcsBmcMainline, happens: (bmc: BmcState) => void, settings: Settings) {
  const system = systemWith(driver, { requests: 4, length: 4, ...settings });
  const { sim } = system;
  const slot = sim.slot({ fire: () => happens(system.daemon.bmc) });
  sim.onReset(() => sim.queue.schedule(slot, 1000 * US, false));
  let attention = 0;
  sim.trace.on(sim.trace.code('bmc.str.write'), (_at, _actor, before, after) => {
    if (((before ^ after) & Str.SMS_ATN) !== 0) attention++;
  });
  const { reason, violations } = system.execute();
  expect({ reason, violations, satisfied: system.workload.satisfied }).toEqual({ reason: 'done', violations: [], satisfied: true });
  const commands = [...system.wire.requests()].filter(({ bytes }) => bytes[0] === 0x18).map(({ bytes }) => bytes[1]);
  return { commands, attention, str: system.soc.lpc.channels[2].str, bmc: system.daemon.bmc };
}

describe.each([['mainline', KcsBmcMainline], ['fixed', KcsBmcFixed]] as const)('SMS_ATN from end to end, kcs-bmc@%s', (_name, driver) => {
  it.each(['kipmid', 'irq', 'poll'])('a message is fetched by a host in mode %s', (hostMode) => {
    const { commands, attention, str, bmc } = flow(driver, (state) => {
      postMessage(state, Uint8Array.of(0x0f, 1, 2, 3));
      postMessage(state, Uint8Array.of(0x0f, 4, 5, 6));
    }, { hostMode });
    // Get Message Flags, then Get Message until there are no more.
    expect(commands).toEqual([0x31, 0x33, 0x33, 0x33]);
    expect(bmc.queueCount).toBe(0);
    expect([attention, str & Str.SMS_ATN]).toEqual([2, 0]);
  });

  it('an event is fetched, and a watchdog pre-timeout cleared', () => {
    const event = flow(driver, (state) => {
      state.globalEnables |= 0x04;
      postEvent(state, new Uint8Array(16).fill(7));
    }, {});
    expect([event.commands, event.bmc.eventFull, event.str & Str.SMS_ATN]).toEqual([[0x31, 0x35, 0x35], false, 0]);
    const watchdog = flow(driver, postWatchdogPreTimeout, {});
    expect([watchdog.commands, watchdog.bmc.watchdogPreTimeout, watchdog.str & Str.SMS_ATN]).toEqual([[0x31, 0x30], false, 0]);
  });

  it('without anything to fetch the host asks nothing', () => {
    expect(flow(driver, () => {}, {})).toMatchObject({ commands: [], attention: 0 });
  });
});
