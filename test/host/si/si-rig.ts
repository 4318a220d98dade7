import { hex } from '../../../src/conform/recording.ts';
import { BtStateMachine } from '../../../src/host/bt/bt-sm.ts';
import type { HostIo } from '../../../src/host/io.ts';
import { KcsStateMachine } from '../../../src/host/kcs/kcs-sm.ts';
import type { HostLog } from '../../../src/host/log.ts';
import { Si, SiMode, type SiParams } from '../../../src/host/si/si.ts';
import { IPMI_MAX_MSG_LENGTH, type SiStateMachine } from '../../../src/host/si/si-sm.ts';
import { answer, attention, createBmcState, type BmcState } from '../../../src/ipmi/index.ts';
import { FakeBtBmc } from '../bt/fake-bt-bmc.ts';
import type { FakeIo } from '../fake-io.ts';
import { FakeBmc } from '../kcs/fake-bmc.ts';
import { recordingLog } from '../log.ts';

/** ipmi_si in front of a fake BMC, on any interface. */
export abstract class InterfaceRig<Bmc extends FakeIo, Machine extends SiStateMachine = SiStateMachine> {
  readonly bmc: Bmc;
  readonly log = recordingLog();
  private readonly make: (io: HostIo, log: HostLog) => Machine;

  constructor(bmc: Bmc, make: (io: HostIo, log: HostLog) => Machine) {
    this.bmc = bmc;
    this.make = make;
  }

  host(params: SiParams = {}): Si {
    return this.withMachine(params).si;
  }

  withMachine(params: SiParams = {}): { si: Si; sm: Machine } {
    this.bmc.interrupts = params.mode === SiMode.irq;
    const sm = this.make(this.bmc, this.log);
    return { si: new Si(sm, this.bmc, params), sm };
  }

  /** The response to one message. */
  transact(si: Si, request: readonly number[]): number[] {
    const length = this.bmc.play(si.transact(Uint8Array.from(request), request.length));
    return [...si.response.subarray(0, length)];
  }

  /** Puts the BMC of src/ipmi behind the interface, with its SMS_ATN. */
  realBmc(state: BmcState = createBmcState()): BmcState {
    const rsp = new Uint8Array(IPMI_MAX_MSG_LENGTH);
    this.bmc.attention = () => attention(state);
    this.bmc.answer = (request) => [...rsp.subarray(0, answer(state, Uint8Array.from(request), request.length, rsp))];
    return state;
  }

  /** Command and data of the requests that the BMC has got. */
  commands(): string[] {
    return this.bmc.requests.map(([, cmd = 0, ...data]) => hex([cmd, ...data]));
  }
}

/** On KCS. */
export class SiRig extends InterfaceRig<FakeBmc> {
  constructor() {
    super(new FakeBmc(), (io, log) => new KcsStateMachine(io, log));
  }
}

/** On BT. */
export class BtRig extends InterfaceRig<FakeBtBmc, BtStateMachine> {
  constructor(bmc = new FakeBtBmc()) {
    super(bmc, (io, log) => new BtStateMachine(io, log));
  }
}
