import type { IpmiBmcCore } from '../../src/drivers/ipmi-router/core.ts';
import { BtMsg } from '../../src/drivers/ipmi-router/bt-msg.ts';
import { IPMI_ROUTER_VERSIONS, type IpmiBmcBus, type IpmiBmcDevice } from '../../src/drivers/ipmi-router/index.ts';
import { EAGAIN, Rcu, type KernelConfig } from '../../src/linux/index.ts';
import { DataRaceOracle } from '../../src/oracles/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { LinuxBed } from '../linux/bed.ts';

/** A message as the tests write it. */
export interface Message {
  readonly netfnLun: number;
  readonly seq: number;
  readonly cmd: number;
  readonly payload: readonly number[];
}

/** NetFn OEM, LUN 0. */
export const OEM = 0xc0;
export const ECHO = 0x0e;

export function request(seq: number, cmd: number = ECHO, payload: readonly number[] = [seq]): Message {
  return { netfnLun: OEM, seq, cmd, payload };
}

export function fill(msg: BtMsg, { netfnLun, seq, cmd, payload }: Message): BtMsg {
  msg.payloadLength = payload.length;
  msg.netfnLun = netfnLun;
  msg.seq = seq;
  msg.cmd = cmd;
  for (const [i, byte] of payload.entries()) msg.setPayload(i, byte);
  return msg;
}

/** A router with a bus that is all in the test's hands. */
export class RouterBed extends LinuxBed {
  readonly rcu: Rcu;
  readonly bmc: IpmiBmcCore;
  readonly bus: IpmiBmcBus;
  /** Responses that the bus has taken: `seq code`. */
  readonly sent: string[] = [];
  /** It can take a response. */
  room = true;
  private readonly step;
  private readonly messages;
  private readonly bootBodies: (() => Steps<unknown>)[] = [];

  constructor(version: string, config: Partial<KernelConfig> = {}, observed = false) {
    super(config);
    if (observed) {
      const races = new DataRaceOracle(this.sim);
      this.kernel.fields = races;
      this.sim.observer = races;
    }
    this.rcu = new Rcu(this.kernel);
    this.bmc = new (IPMI_ROUTER_VERSIONS.find((v) => v.version === version)!.core)(this.rcu);
    this.bus = this.bmc.bus(this.memory('fake_bus'));
    this.step = this.op('bus', 100);
    this.messages = this.memory('messages');
    const { step } = this;
    const send = (response: BtMsg) => this.send(response);
    const open = () => Number(this.room);
    this.bus.sendResponse = send;
    this.bus.isResponseOpen = function* () {
      yield step;
      return open();
    };
  }

  private *send(response: BtMsg): Steps<number> {
    yield this.step;
    if (!this.room) return -EAGAIN;
    this.sent.push(`${response.seq} ${response.payload(0).toString(16)}`);
    return 0;
  }

  /** What is registered before the run. */
  atBoot(body: () => Steps<unknown>): void {
    this.bootBodies.push(body);
  }

  protected override boot(): void {
    super.boot();
    this.sent.length = 0;
    this.room = true;
    this.bmc.init();
    for (const body of this.bootBodies) this.kernel.boot(body());
  }

  withBus(): this {
    this.atBoot(() => this.bmc.registerBus(this.bus));
    return this;
  }

  message(from?: Message): BtMsg {
    const msg = BtMsg.in(this.messages, 'msg');
    return from === undefined ? msg : fill(msg, from);
  }

  /** A device of which the test says what it does; it matches one command. */
  device(name: string, cmd: number, handle: (request: BtMsg) => Steps<number>): IpmiBmcDevice {
    const device = this.bmc.device(this.memory(name), name);
    device.requests = [(OEM << 8) | cmd];
    device.matchRequest = (msg) => msg.cmd === cmd;
    device.handleRequest = handle;
    device.signalResponseOpen = function* () {};
    return device;
  }

  /** Answers each request with completion code 00h and notes that it did. */
  answering(name: string, cmd: number, log: string[] = []): IpmiBmcDevice {
    const { bmc } = this;
    const response = this.message();
    const device = this.device(name, cmd, function* (msg) {
      log.push(`${name} ${msg.seq}`);
      response.respondTo(msg, 1);
      response.setPayload(0, 0);
      return yield* bmc.sendResponse(response, device);
    });
    return device;
  }

  /** Requests that a task of the bus hands to the router, one after the other. */
  requests(...list: readonly Message[]): void {
    const msgs = list.map((each) => this.message(each));
    this.kernelThread('bus', function* (this: RouterBed) {
      for (const [i, msg] of msgs.entries()) yield* this.bmc.handleRequest(fill(msg, list[i]));
    }.bind(this));
  }
}
