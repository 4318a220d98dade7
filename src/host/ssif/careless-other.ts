import type { Steps } from '../../sim/process.ts';
import { MS, US, type Ps } from '../../sim/time.ts';
import type { Draw } from '../careless.ts';
import type { ScriptedSmbus } from './scripted-smbus.ts';
import type { SsifTime } from './time.ts';

/** Idle time before a transaction, nominal first. */
const GAPS: readonly Ps[] = [MS, 0, 100 * US, 20 * MS];
/** Targets that it talks to: none of them the BMC. 08h and 11h lose and win arbitration late against 10h. */
const ADDRESSES: readonly number[] = [0x50, 0x08, 0x11, 0x7f];

/**
 * Another controller on the bus, in a context of its own: it talks to other targets, and so delays the host, takes part in
 * arbitration with it, and shows the BMC STARTs that are not for it (UM10204 §3.1.8, SMBus 2.0 §4.3.2). Legal.
 */
export function* otherController(script: ScriptedSmbus, time: SsifTime, draw: Draw, transactions: number, frame = 0): Steps {
  const transfer = script.transferAt(frame);
  for (let n = 0; n < transactions; n++) {
    const gap = GAPS[draw(GAPS.length, 'gap')];
    if (gap > 0) yield time.wait(time.now + gap, false);
    script.clear();
    foreignScript(script, ADDRESSES[draw(ADDRESSES.length, 'address')], draw);
    yield transfer;
  }
}

/** A transaction with another target than the BMC: a write or a read of some bytes. */
export function foreignScript(script: ScriptedSmbus, address: number, draw: Draw): void {
  const read = draw(2, 'read') !== 0;
  const bytes = draw(4, 'bytes');
  script.start(address, read);
  if (read) script.receive(bytes + 1);
  else for (let i = 0; i < bytes; i++) script.send(draw(256, 'byte'));
  script.stop();
}
