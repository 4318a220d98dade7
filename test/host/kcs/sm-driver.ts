import { KcsSm } from '../../../src/host/kcs/kcs-data.ts';
import { KcsStateMachine } from '../../../src/host/kcs/kcs-sm.ts';
import type { SiSmResult } from '../../../src/host/si/si-sm.ts';
import { recordingLog } from '../log.ts';
import { Ports, start } from '../ports.ts';

/** STATUS: states as in Table 9-2, with IBF, OBF and SMS_ATN. */
export const IDLE = 0x00;
export const READ = 0x40;
export const WRITE = 0x80;
export const ERROR = 0xc0;
export const OBF = 0x01;
export const IBF = 0x02;
export const ATN = 0x04;

/** A KCS state machine, driven by hand with any STATUS. */
export class SmDriver {
  readonly ports = new Ports();
  readonly log = recordingLog();
  readonly sm = new KcsStateMachine(this.ports, this.log);

  /** One event call: STATUS `status`, `time` us later; `reads` are the values of its port reads. */
  event(status: number, time = 0, ...reads: number[]): { result: SiSmResult; did: string } {
    return this.ports.event(this.sm, status, time, reads);
  }

  start(...bytes: number[]): void {
    start(this.sm, bytes);
  }

  /** A request of two bytes, up to its last byte. */
  toWaitRead(): void {
    this.start(0x18, 0x01);
    for (const status of [IDLE, WRITE | OBF, WRITE | OBF, WRITE | OBF]) this.event(status);
    this.reached(KcsSm.WAIT_READ);
  }

  /** A request of two bytes, to the point where the error code is waited for. */
  toError2(): void {
    this.toWaitRead();
    for (const status of [ERROR, ERROR, WRITE]) this.event(status);
    this.reached(KcsSm.ERROR2);
  }

  private reached(state: KcsSm): void {
    if (this.sm.state !== state) throw new Error(`the machine is in state ${this.sm.state}, not ${state}`);
  }
}
