import { Allocation, Mutex, RcuListHead, RcuPointer, formatResult, listEntries, type Kernel, type Rcu } from '../../linux/index.ts';
import { constant, type Steps } from '../../sim/index.ts';
import { BtMsg } from './bt-msg.ts';
import { IpmiBmcBus, IpmiBmcDevice, type IpmiBmc } from './driver.ts';

/** Nobody, where the trace tells of a device. */
export const NO_DEVICE = -1;

/** What all versions of the router share: struct ipmi_bmc_ctx, its devices, and what the trace tells of it. */
export abstract class IpmiBmcCore implements IpmiBmc {
  readonly kernel: Kernel;
  readonly rcu: Rcu;
  /** Every device that was ever made, in the order of the numbers by which the trace tells them. */
  readonly known: IpmiBmcDevice[] = [];
  protected readonly busPointer: RcuPointer<IpmiBmcBus>;
  protected readonly defaultDevice: RcuPointer<IpmiBmcDevice>;
  protected readonly devices: RcuListHead<IpmiBmcDevice>;
  protected readonly in;
  private readonly memory: Allocation;
  private readonly mutex: Mutex;
  private readonly stack: Allocation;
  private readonly stacks: (BtMsg | undefined)[] = [];
  private readonly events: { readonly received: number; readonly handed: number; readonly handled: number; readonly sent: number; readonly error: number; readonly registered: number };

  constructor(rcu: Rcu) {
    const { kernel } = rcu;
    const { trace } = kernel.sim;
    this.kernel = kernel;
    this.rcu = rcu;
    this.memory = new Allocation(kernel, 'ipmi_bmc_ctx');
    this.stack = new Allocation(kernel, 'stack');
    this.mutex = new Mutex(this.memory, 'drivers_mutex');
    this.busPointer = new RcuPointer(rcu, this.memory, 'bus', 'ctx->bus');
    this.defaultDevice = new RcuPointer(rcu, this.memory, 'default_device', 'ctx->default_device');
    this.devices = new RcuListHead(rcu, this.memory, 'devices', 'ctx->devices');
    const lane = 'irq' as const;
    const section = 'Linux include/linux/ipmi_bmc.h (RFC)';
    this.events = {
      received: trace.define({
        name: 'router.request', lane, fields: ['seq', 'netFnLun', 'cmd'], section,
        text: (seq, netFnLun, cmd) => `router: request seq ${seq}, NetFn/LUN ${hex(netFnLun)} cmd ${hex(cmd)}`,
      }),
      handed: trace.define({
        name: 'router.handed', lane, fields: ['device', 'seq', 'cmd'], section, text: (device, seq) => `router: seq ${seq} to ${this.nameOf(device)}`,
      }),
      handled: trace.define({
        name: 'router.handled', lane, fields: ['device', 'seq', 'result'], section,
        text: (device, seq, result) => (device === NO_DEVICE ? `router: no device wants seq ${seq}` : `${this.nameOf(device)}: seq ${seq} ${result === 0 ? 'taken' : `refused, ${formatResult(result)}`}`),
      }),
      sent: trace.define({
        name: 'router.sent', lane, fields: ['seq', 'code', 'result'], section,
        text: (seq, code, result) => `router: response seq ${seq} code ${hex(code)} ${result === 0 ? 'to the bus' : `refused by the bus, ${formatResult(result)}`}`,
      }),
      error: trace.define({
        name: 'router.error', lane, fields: ['seq', 'code', 'result'], section,
        text: (seq, code) => `router: answers seq ${seq} itself, code ${hex(code)}`,
      }),
      registered: trace.define({
        name: 'router.registered', lane: 'task', fields: ['device', 'on', 'result'], section,
        text: (device, on, result) => `${this.nameOf(device)} ${on === 0 ? 'unregistered' : 'registered'}${result === 0 ? '' : `: refused, ${formatResult(result)}`}`,
      }),
    };
    this.in = constant({
      ipmi_bmc_send_response: this.scope('ipmi_bmc_send_response'),
      ipmi_bmc_is_response_open: this.scope('ipmi_bmc_is_response_open'),
      ipmi_bmc_register_device: this.scope('ipmi_bmc_register_device'),
      ipmi_bmc_unregister_device: this.scope('ipmi_bmc_unregister_device'),
      ipmi_bmc_register_default_device: this.scope('ipmi_bmc_register_default_device'),
      ipmi_bmc_unregister_default_device: this.scope('ipmi_bmc_unregister_default_device'),
      ipmi_bmc_handle_request: this.scope('ipmi_bmc_handle_request'),
      ipmi_bmc_signal_response_open: this.scope('ipmi_bmc_signal_response_open'),
      ipmi_bmc_register_bus: this.scope('ipmi_bmc_register_bus'),
      ipmi_bmc_unregister_bus: this.scope('ipmi_bmc_unregister_bus'),
    });
  }

  /** The steps that a function issues, labelled with its name. */
  private scope(name: string) {
    const frame = this.kernel.sim.ops.frame(name);
    const devices = this.devices.at(frame);
    return {
      ...this.rcu.at(frame), ...this.mutex.at(frame),
      bus: this.busPointer.at(frame), defaultDevice: this.defaultDevice.at(frame), devices,
    };
  }

  init(): void {
    this.devices.init();
  }

  device(memory: Allocation, name: string): IpmiBmcDevice {
    const device = new IpmiBmcDevice(this.rcu, memory, name);
    this.known.push(device);
    return this.kernel.shared(name, device, ['matchRequest', 'handleRequest', 'signalResponseOpen']);
  }

  bus(memory: Allocation): IpmiBmcBus {
    return this.kernel.shared(memory.name, new IpmiBmcBus(memory), ['sendResponse', 'isResponseOpen']);
  }

  abstract sendResponse(response: BtMsg, from?: IpmiBmcDevice): Steps<number>;
  abstract isResponseOpen(): Steps<number>;
  abstract registerDevice(device: IpmiBmcDevice): Steps<number>;
  abstract unregisterDevice(device: IpmiBmcDevice): Steps<number>;
  abstract registerDefaultDevice(device: IpmiBmcDevice): Steps<number>;
  abstract unregisterDefaultDevice(device: IpmiBmcDevice): Steps<number>;
  abstract registerBus(bus: IpmiBmcBus): Steps<number>;
  abstract unregisterBus(bus: IpmiBmcBus): Steps<number>;
  abstract handleRequest(request: BtMsg): Steps;
  abstract signalResponseOpen(): Steps;

  // ---- what C has for nothing --------------------------------------------------------------------

  /** `struct bt_msg error_response` on the stack of the current context. */
  protected stackMessage(): BtMsg {
    const id = this.kernel.sim.current?.id ?? 0;
    return (this.stacks[id] ??= BtMsg.in(this.stack, 'error_response'));
  }

  /** list_for_each_entry(), under the mutex. */
  protected hasDevice(device: IpmiBmcDevice): boolean {
    for (const known of listEntries(this.devices)) if (known === device) return true;
    return false;
  }

  /** A call through a pointer; undefined: it is NULL, and the kernel is gone. */
  protected callback<T>(memory: Allocation, pointer: T | null, what: string): T | undefined {
    const { kernel } = this;
    if (memory.freed) memory.useAfterFree(what);
    if (pointer !== null) return pointer;
    const { current } = kernel.sim;
    if (current !== null) {
      kernel.breach('crash', 'null-callback', current, `${what} is called, which is NULL (Unable to handle kernel NULL pointer dereference)`, what, true);
    }
    return undefined;
  }

  // ---- what the trace tells ----------------------------------------------------------------------

  private emit(event: number, a: number, b: number, c: number): void {
    const { sim } = this.kernel;
    sim.trace.emit(event, sim.current?.id ?? -1, a, b, c);
  }

  private nameOf(device: number): string {
    return this.known[device]?.name ?? 'nobody';
  }

  protected tellRequest({ seq, netfnLun, cmd }: BtMsg): void {
    this.emit(this.events.received, seq, netfnLun, cmd);
  }

  protected tellHanded(device: IpmiBmcDevice | null, { seq, cmd }: BtMsg): void {
    this.emit(this.events.handed, device === null ? NO_DEVICE : this.known.indexOf(device), seq, cmd);
  }

  protected tellHandled(device: IpmiBmcDevice | null, seq: number, result: number): void {
    this.emit(this.events.handled, device === null ? NO_DEVICE : this.known.indexOf(device), seq, result);
  }

  protected tellSent(response: BtMsg, result: number): void {
    this.emit(this.events.sent, response.seq, response.payload(0), result);
  }

  protected tellError(seq: number, code: number): void {
    this.emit(this.events.error, seq, code, 0);
  }

  protected tellRegistered(device: IpmiBmcDevice, on: boolean, result: number): void {
    this.emit(this.events.registered, this.known.indexOf(device), on ? 1 : 0, result);
  }
}

function hex(byte: number): string {
  return `${byte.toString(16).toUpperCase().padStart(2, '0')}h`;
}
