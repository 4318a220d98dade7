import { BtSm } from '../../../src/host/bt/bt-data.ts';
import { BtStateMachine } from '../../../src/host/bt/bt-sm.ts';
import { IPMI_MAX_MSG_LENGTH, type SiSmResult } from '../../../src/host/si/si-sm.ts';
import { recordingLog } from '../log.ts';
import { Ports, start } from '../ports.ts';

/** A BT state machine, driven by hand with any BT_CTRL. Ports: 0 BT_CTRL, 1 the buffers, 2 BT_INTMASK. */
export class BtDriver {
  readonly ports = new Ports();
  readonly log = recordingLog();
  readonly sm = new BtStateMachine(this.ports, this.log);

  /** One event call: BT_CTRL is `status`, `time` us later; `reads` are the values of its own port reads. */
  event(status: number, time = 0, ...reads: number[]): { result: SiSmResult; did: string } {
    return this.ports.event(this.sm, status, time, reads);
  }

  start(...bytes: number[]): void {
    start(this.sm, bytes);
  }

  /** Hands over 18 01 and makes the calls up to `state`. */
  to(state: BtSm): void {
    this.start(0x18, 0x01);
    for (const status of [0, 0, 0, 0x08, 0x40]) {
      if (this.sm.state === state) return;
      this.event(status);
    }
    if (this.sm.state !== state) throw new Error(`the machine is in state ${this.sm.state}, not ${state}`);
  }

  /** Reads a response of these bytes, in READ_BYTES with H_BUSY set. */
  respond(...frame: number[]): { result: SiSmResult; did: string } {
    return this.event(0x40, 0, ...frame);
  }

  result(length = IPMI_MAX_MSG_LENGTH): number[] {
    const out = new Uint8Array(IPMI_MAX_MSG_LENGTH);
    return [...out.subarray(0, this.sm.getResult(out, length))];
  }
}
