import { beforeEach, describe, expect, it } from 'vitest';
import { ssifLoad } from '../../../src/host/ssif/ssif-load.ts';
import { SSIF_VERSIONS } from '../../../src/host/ssif/ssif-versions.ts';
import { Ssif } from '../../../src/host/ssif/ssif.ts';
import { ENODEV, ENOMEM, ENXIO } from '../../../src/linux/errno.ts';
import { SEC } from '../../../src/sim/time.ts';
import { recordingLog } from '../log.ts';
import { FakeSmbus } from './fake-smbus.ts';

/** ssif_probe() of drivers/char/ipmi/ipmi_ssif.c as a whole, with memory that is short. */

let bmc: FakeSmbus;
let faults: string[];

beforeEach(() => {
  bmc = new FakeSmbus();
  bmc.realBmc();
  faults = [];
});

/** Loads a version; `short`: the function that gets no memory. */
function load(version: string, short = ''): { readonly ssif: Ssif; readonly rv: number } {
  const ssif = new Ssif(bmc, bmc, recordingLog(), { version: SSIF_VERSIONS.find((known) => known.version === version)! });
  ssif.info.hasMemory = (what) => what !== short;
  ssif.info.onFault = (oracle, what) => faults.push(`${oracle}: ${what}`);
  return { ssif, rv: bmc.play(ssifLoad(ssif)) };
}

describe.each(['2017', '6.1'])('loading ipmi_ssif of %s', (version) => {
  it('leaves a driver that takes messages', () => {
    const { ssif, rv } = load(version);
    expect([rv, ssif.info.thread, ssif.quiet, ssif.info.hasEventBuffer]).toEqual([0, true, true, true]);
    const length = bmc.play(ssif.transact(Uint8Array.of(0x18, 0x01), 2));
    expect([...ssif.response.subarray(0, Math.min(length, 3))]).toEqual([0x1c, 0x01, 0]);
  });

  it.each(['kmalloc', 'kzalloc'])('asks the BMC nothing when %s() fails', (short) => {
    const { ssif, rv } = load(version, short);
    expect([rv, ssif.info.thread, bmc.lines]).toEqual([-ENOMEM, false, []]);
    expect(faults).toEqual([]);
  });

  it('hssif-kthread-left: leaves its thread behind when it cannot be registered', () => {
    expect(load(version, 'ipmi_register_smi').rv).toBe(-ENOMEM);
    expect(faults).toEqual(['use-after-free: ipmi_ssif_thread: ssif_info is freed']);
  });
});

it('is refused by a BMC that does not answer Get Device ID in 2017; 6.1 does not ask', () => {
  bmc.fault = () => -ENXIO;
  expect(load('2017').rv).toBe(-ENODEV);
  expect(bmc.lines).toHaveLength(5); // tries of sending, one after the other
  expect(bmc.now).toBeLessThan(SEC);
  expect(load('6.1').rv).toBe(0);
});
