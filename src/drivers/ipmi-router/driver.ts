import type { Allocation, Kernel, Rcu } from '../../linux/index.ts';
import { RcuListHead } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import type { BtMsg } from './bt-msg.ts';

/** struct ipmi_bmc_bus: the driver below, which exchanges messages with the host. */
export class IpmiBmcBus {
  readonly memory: Allocation;
  /** Takes a response to be sent: 0, or -EBUSY while another is in progress; then signal_response_open() tells when to try again. */
  sendResponse: ((response: BtMsg) => Steps<number>) | null = null;
  /** Whether a response can be sent, non-zero; send_response() may fail all the same. */
  isResponseOpen: (() => Steps<number>) | null = null;

  constructor(memory: Allocation) {
    this.memory = memory;
  }
}

/** struct ipmi_bmc_device: a handler of requests. Its callbacks may be called in interrupt context. */
export class IpmiBmcDevice {
  readonly name: string;
  readonly memory: Allocation;
  readonly link: RcuListHead<IpmiBmcDevice>;
  /** Which requests it handles, for a router that is told rather than asks: NetFn/LUN in bits 15:8, command in 7:0. */
  requests: readonly number[] = [];
  matchRequest: ((request: BtMsg) => boolean) | null = null;
  /** 0, or -errno: then the router answers in its place. */
  handleRequest: ((request: BtMsg) => Steps<number>) | null = null;
  /** A response can be sent, unless another device was faster. */
  signalResponseOpen: (() => Steps) | null = null;

  constructor(rcu: Rcu, memory: Allocation, name: string) {
    this.name = name;
    this.memory = memory;
    this.link = new RcuListHead<IpmiBmcDevice>(rcu, memory, 'link', `${name}->link`, this);
  }
}

/** What bus and device drivers call, with the one context that there is: ipmi_bmc_get_global_ctx(). */
export interface IpmiBmc {
  readonly kernel: Kernel;
  readonly rcu: Rcu;
  /** The struct of a new device, in the memory of its driver. */
  device(memory: Allocation, name: string): IpmiBmcDevice;
  /** Its callbacks as its driver sets them, and other contexts read them. */
  bus(memory: Allocation): IpmiBmcBus;
  /** module_init(). */
  init(): void;
  /** @param from who answers; the RFC does not ask */
  sendResponse(response: BtMsg, from: IpmiBmcDevice): Steps<number>;
  /** 1 or 0. */
  isResponseOpen(): Steps<number>;
  registerDevice(device: IpmiBmcDevice): Steps<number>;
  unregisterDevice(device: IpmiBmcDevice): Steps<number>;
  registerDefaultDevice(device: IpmiBmcDevice): Steps<number>;
  unregisterDefaultDevice(device: IpmiBmcDevice): Steps<number>;
  registerBus(bus: IpmiBmcBus): Steps<number>;
  unregisterBus(bus: IpmiBmcBus): Steps<number>;
  /** A request has come. Called by the bus driver, perhaps in interrupt context. */
  handleRequest(request: BtMsg): Steps;
  /** A response was sent: another can be. */
  signalResponseOpen(): Steps;
}

export type IpmiBmcClass = new (rcu: Rcu) => IpmiBmc;
