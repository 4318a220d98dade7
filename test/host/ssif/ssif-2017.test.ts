import { beforeEach, describe, expect, it } from 'vitest';
import { ssifProbe } from '../../../src/host/ssif/ssif-probe.ts';
import { SSIF_VERSIONS } from '../../../src/host/ssif/ssif-versions.ts';
import { Ssif } from '../../../src/host/ssif/ssif.ts';
import { createBmcState, postMessage } from '../../../src/ipmi/index.ts';
import { ENXIO } from '../../../src/linux/errno.ts';
import { MS, SEC } from '../../../src/sim/time.ts';
import { recordingLog } from '../log.ts';
import { FakeSmbus } from './fake-smbus.ts';

/** The host entries of the bug catalogue: what older texts of ipmi_ssif.c got wrong, and 6.1 does not. */

let bmc: FakeSmbus;
let faults: string[];

beforeEach(() => {
  bmc = new FakeSmbus();
  faults = [];
});

function host(version: string): Ssif {
  const found = SSIF_VERSIONS.find((entry) => entry.version === version);
  if (found === undefined) throw new Error(`no version ${version}`);
  const ssif = new Ssif(bmc, bmc, recordingLog(), { version: found });
  ssif.info.maxXmitMsgSize = 63;
  ssif.info.cmd8Works = version !== '2017';
  ssif.info.onFault = (oracle, what) => faults.push(`${oracle}: ${what}`);
  return ssif;
}

/** The driver looks at the flags, and what became of it. */
function looks(version: string, prepare: (ssif: Ssif) => void = () => {}): Ssif {
  const ssif = host(version);
  prepare(ssif);
  ssif.info.watchTimeout();
  bmc.play(ssif.idle(bmc.now + 30 * SEC));
  return ssif;
}

describe('ipmi_ssif of 2017', () => {
  it('hssif-invalid-flags-lock: hangs on another answer than that to Get Message Flags', () => {
    bmc.answer = () => [0x1c, 0x35, 0, 0xff];
    expect(looks('2017').info.dead).toBe(true);
    expect(faults).toEqual(['deadlock: msg_done_handler: ssif_info->lock is taken twice']);
    faults = [];
    expect(looks('6.1').info.dead).toBe(false);
    expect(faults).toEqual([]);
  });

  it('hssif-null-on-error: crashes when the flags cannot be fetched, or cleared', () => {
    bmc.fault = () => -ENXIO;
    expect(looks('2017').info.dead).toBe(true);
    expect(faults).toEqual(['crash: msg_done_handler: data is NULL']);
    faults = [];
    expect(looks('6.1').quiet).toBe(true);
    expect(faults).toEqual([]);
  });

  it('hssif-alloc-fail-lock: hangs without memory for a message of its own', () => {
    const state = createBmcState();
    postMessage(state, Uint8Array.of(1, 2, 3));
    bmc.realBmc(state);
    const noMemory = (ssif: Ssif) => { ssif.info.hasMemory = () => false; };
    expect(looks('2017', noMemory).info.dead).toBe(true);
    faults = [];
    expect(looks('6.1', noMemory).quiet).toBe(true);
    expect(faults).toEqual([]);
  });

  it('crashes on a request in two parts', () => {
    const ssif = host('2017');
    ssif.send(new Uint8Array(40), 40);
    bmc.play(ssif.idle(SEC));
    expect(faults).toEqual(['crash: ssif_i2c_send: multi_data is NULL']);
    expect(ssif.info.retryTimer).toBeGreaterThan(1000 * SEC);
  });

  it('never reads a response of which an alert has told during the write', () => {
    for (const version of ['2017', '6.1']) {
      bmc = new FakeSmbus();
      const ssif = host(version);
      bmc.alert = () => ssif.alert();
      ssif.send(Uint8Array.of(0x18, 0x01), 2);
      bmc.play(ssif.idle(100 * SEC));
      expect([version, ssif.quiet]).toEqual([version, version !== '2017']);
    }
  });

  it('asks again after 20 ms, and sends again at once', () => {
    bmc.delay = 70 * MS;
    bmc.fault = (kind, _command, n) => (kind === 'write' && n === 0 ? -ENXIO : 0);
    const ssif = host('2017');
    bmc.play(ssif.transact(Uint8Array.of(0x18, 0x01), 2));
    expect(bmc.times[1]).toBe(bmc.duration);
    expect(bmc.times[4] - bmc.times[3] - bmc.duration).toBeLessThanOrEqual(24 * MS);
  });

  it('probes without tests of parts, and begins with Get Device ID', () => {
    bmc.realBmc();
    const ssif = host('2017');
    bmc.play(ssifProbe(ssif));
    expect(bmc.lines.filter((line) => line.startsWith('w')).map((line) => line.slice(0, 13))).toEqual([
      'w 02 18 01', 'w 02 18 57 00', 'w 02 18 30 08', 'w 02 18 2f', 'w 02 18 2e 0c', 'w 02 18 2e 0d',
    ]);
    expect(ssif.info.maxXmitMsgSize).toBe(63);
  });
});
