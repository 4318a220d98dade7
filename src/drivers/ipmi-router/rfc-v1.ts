import { CompletionCode } from '../../ipmi/index.ts';
import { EBUSY, EINVAL, ENODEV, ENOMEM, ENXIO, ETIMEDOUT, listAddRcu, listDelRcu } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import type { BtMsg } from './bt-msg.ts';
import { IpmiBmcCore } from './core.ts';
import type { IpmiBmcBus, IpmiBmcDevice } from './driver.ts';

/** ipmi_bmc.c as posted in "[RFC v1 1/4] ipmi_bmc: framework for BT IPMI on BMCs", August 2017; never merged. */
export class IpmiBmcRfcV1 extends IpmiBmcCore {
  /** ipmi_bmc_send_response(). */
  *sendResponse(response: BtMsg, _from?: IpmiBmcDevice): Steps<number> {
    const { rcuReadLock, rcuReadUnlock, bus: { dereference } } = this.in.ipmi_bmc_send_response;
    let ret = -ENODEV;
    yield rcuReadLock;
    yield dereference;
    const bus = this.busPointer.rcuDereference();
    if (bus !== null) {
      const sendResponse = this.callback(bus.memory, bus.sendResponse, 'bus->send_response');
      if (sendResponse !== undefined) ret = yield* sendResponse(response);
    }
    yield rcuReadUnlock;
    this.tellSent(response, ret);
    return ret;
  }

  /** ipmi_bmc_is_response_open(). */
  *isResponseOpen(): Steps<number> {
    const { rcuReadLock, rcuReadUnlock, bus: { dereference } } = this.in.ipmi_bmc_is_response_open;
    let ret = 0;
    yield rcuReadLock;
    yield dereference;
    const bus = this.busPointer.rcuDereference();
    if (bus !== null) {
      const isResponseOpen = this.callback(bus.memory, bus.isResponseOpen, 'bus->is_response_open');
      if (isResponseOpen !== undefined) ret = yield* isResponseOpen();
    }
    yield rcuReadUnlock;
    return ret;
  }

  /** ipmi_bmc_register_device(). */
  *registerDevice(device: IpmiBmcDevice): Steps<number> {
    const { mutexLock, mutexUnlock, devices: { assign } } = this.in.ipmi_bmc_register_device;
    yield mutexLock;
    const ret = this.mayRegister(device);
    if (ret === 0) {
      yield assign;
      listAddRcu(device.link, this.devices);
    }
    this.tellRegistered(device, true, ret);
    yield mutexUnlock;
    return ret;
  }

  /** Makes sure it has not been registered already. */
  protected mayRegister(device: IpmiBmcDevice): number {
    return this.hasDevice(device) ? -EINVAL : 0;
  }

  /** ipmi_bmc_unregister_device(). */
  *unregisterDevice(device: IpmiBmcDevice): Steps<number> {
    const { mutexLock, mutexUnlock, synchronizeRcu, devices: { assign } } = this.in.ipmi_bmc_unregister_device;
    yield mutexLock;
    if (!this.hasDevice(device)) {
      yield mutexUnlock;
      return -ENXIO;
    }
    yield assign;
    listDelRcu(device.link);
    this.tellRegistered(device, false, 0);
    yield mutexUnlock;
    yield synchronizeRcu;
    return 0;
  }

  /** ipmi_bmc_register_default_device(). */
  *registerDefaultDevice(device: IpmiBmcDevice): Steps<number> {
    const { mutexLock, mutexUnlock, defaultDevice: { assign } } = this.in.ipmi_bmc_register_default_device;
    let ret: number;
    yield mutexLock;
    if (this.defaultDevice.plain === null) {
      yield assign;
      this.setDefaultDevice(device);
      ret = 0;
    } else {
      ret = -EBUSY;
    }
    this.tellRegistered(device, true, ret);
    yield mutexUnlock;
    return ret;
  }

  /** ipmi_bmc_unregister_default_device(). */
  *unregisterDefaultDevice(device: IpmiBmcDevice): Steps<number> {
    const { mutexLock, mutexUnlock, synchronizeRcu, defaultDevice: { assign } } = this.in.ipmi_bmc_unregister_default_device;
    let ret: number;
    yield mutexLock;
    if (this.defaultDevice.plain === device) {
      yield assign;
      this.setDefaultDevice(null);
      ret = 0;
    } else {
      ret = -ENXIO;
    }
    this.tellRegistered(device, false, ret);
    yield mutexUnlock;
    yield synchronizeRcu;
    return ret;
  }

  /** `ctx->default_device = device`: nothing orders it behind what was written to the device. */
  protected setDefaultDevice(device: IpmiBmcDevice | null): void {
    this.defaultDevice.plain = device;
  }

  /** `ctx->bus = bus`, likewise. */
  protected setBus(bus: IpmiBmcBus | null): void {
    this.busPointer.plain = bus;
  }

  /** What comes of a request that no device wants. */
  protected readonly unhandled: number = -EINVAL;

  /** errno_to_ccode(). */
  protected errnoToCcode(errno: number): number {
    switch (errno) {
      case EBUSY:
        return CompletionCode.NODE_BUSY;
      case EINVAL:
        return CompletionCode.INVALID_COMMAND;
      case ETIMEDOUT:
        return CompletionCode.TIMEOUT;
      case ENOMEM:
        return CompletionCode.OUT_OF_SPACE;
      default:
        return CompletionCode.UNSPECIFIED;
    }
  }

  /** ipmi_bmc_send_error_response(): tried once; what comes of it is logged. */
  protected *sendErrorResponse(request: BtMsg, ccode: number): Steps {
    const errorResponse = this.stackMessage();
    errorResponse.respondTo(request, 1);
    errorResponse.setPayload(0, ccode);
    this.tellError(request.seq, ccode);
    yield* this.sendResponse(errorResponse);
  }

  /** ipmi_bmc_handle_request(). */
  *handleRequest(request: BtMsg): Steps {
    const { rcuReadLock, rcuReadUnlock, devices, defaultDevice: { dereference } } = this.in.ipmi_bmc_handle_request;
    let ret = this.unhandled;
    this.tellRequest(request);
    const { seq } = request;
    yield rcuReadLock;
    const device = yield* this.find(request, devices.dereference);
    if (device !== null) {
      ret = yield* this.hand(device, request);
    } else {
      // No specific handler: the default one.
      yield dereference;
      const defaultDevice = this.defaultDevice.rcuDereference();
      if (defaultDevice !== null) ret = yield* this.hand(defaultDevice, request);
      else this.tellHandled(null, seq, ret);
    }
    yield rcuReadUnlock;
    if (ret !== 0) yield* this.sendErrorResponse(request, this.errnoToCcode(-ret));
  }

  /** list_for_each_entry_rcu(): the first device that matches, which is the newest that does. */
  protected *find(request: BtMsg, dereference: number): Steps<IpmiBmcDevice | null> {
    for (let at = this.devices; ;) {
      yield dereference;
      at = at.next.rcuDereference()!;
      const device = at.entry;
      if (device === null) return null;
      if (this.matches(device, request)) return device;
    }
  }

  /** `device->match_request(device, bt_request)`. */
  protected matches(device: IpmiBmcDevice, request: BtMsg): boolean {
    const matchRequest = this.callback(device.memory, device.matchRequest, 'device->match_request');
    return matchRequest?.(request) === true;
  }

  /** `device->handle_request(device, bt_request)`. */
  protected *hand(device: IpmiBmcDevice, request: BtMsg): Steps<number> {
    const { seq } = request;
    this.tellHanded(device, request);
    const handleRequest = this.callback(device.memory, device.handleRequest, 'device->handle_request');
    const ret = handleRequest === undefined ? 0 : yield* handleRequest(request);
    this.tellHandled(device, seq, ret);
    return ret;
  }

  /** ipmi_bmc_signal_response_open(): tells everybody; the first to send wins. */
  *signalResponseOpen(): Steps {
    const { rcuReadLock, rcuReadUnlock, devices, defaultDevice: { dereference } } = this.in.ipmi_bmc_signal_response_open;
    yield rcuReadLock;
    for (let at = this.devices; ;) {
      yield devices.dereference;
      at = at.next.rcuDereference()!;
      if (at.entry === null) break;
      yield* this.signal(at.entry);
    }
    yield dereference;
    const defaultDevice = this.defaultDevice.rcuDereference();
    if (defaultDevice !== null) yield* this.signal(defaultDevice);
    yield rcuReadUnlock;
  }

  /** `device->signal_response_open(device)`, whether it has one or not. */
  protected *signal(device: IpmiBmcDevice): Steps {
    const signalResponseOpen = this.callback(device.memory, device.signalResponseOpen, 'device->signal_response_open');
    if (signalResponseOpen !== undefined) yield* signalResponseOpen();
  }

  /** ipmi_bmc_register_bus(). */
  *registerBus(bus: IpmiBmcBus): Steps<number> {
    const { mutexLock, mutexUnlock, bus: { assign } } = this.in.ipmi_bmc_register_bus;
    let ret: number;
    yield mutexLock;
    if (this.busPointer.plain === null) {
      yield assign;
      this.setBus(bus);
      ret = 0;
    } else {
      ret = -EBUSY;
    }
    yield mutexUnlock;
    return ret;
  }

  /** ipmi_bmc_unregister_bus(). */
  *unregisterBus(bus: IpmiBmcBus): Steps<number> {
    const { mutexLock, mutexUnlock, synchronizeRcu, bus: { assign } } = this.in.ipmi_bmc_unregister_bus;
    let ret: number;
    yield mutexLock;
    if (this.busPointer.plain === bus) {
      yield assign;
      this.setBus(null);
      ret = 0;
    } else {
      ret = -ENXIO;
    }
    yield mutexUnlock;
    yield synchronizeRcu;
    return ret;
  }
}
