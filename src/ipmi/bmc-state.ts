/**
 * What the BMC remembers between commands of the system interface, and what its flags say. Two states that
 * answer alike are equal field by field: what was read or cleared leaves nothing behind.
 */

/** Bits of Get Message Flags and Clear Message Flags, IPMI 2.0 §22.3-22.4. */
export const MessageFlag = {
  RECEIVE_MESSAGE: 0x01,
  EVENT_MESSAGE_BUFFER_FULL: 0x02,
  WATCHDOG_PRE_TIMEOUT: 0x08,
} as const;

/** Bits of Set BMC Global Enables and Get BMC Global Enables, IPMI 2.0 §22.1-22.2. */
export const GlobalEnable = {
  RECEIVE_MESSAGE_INTERRUPT: 0x01,
  EVENT_MESSAGE_BUFFER_FULL_INTERRUPT: 0x02,
  EVENT_MESSAGE_BUFFER: 0x04,
  SYSTEM_EVENT_LOGGING: 0x08,
} as const;

/** Bytes of an event record, the data of Read Event Message Buffer (§22.8). */
export const EVENT_BYTES = 16;

/** Messages that the Receive Message Queue holds, and bytes of the longest, channel byte included. */
export const QUEUE_MESSAGES = 4;
export const QUEUE_MESSAGE_BYTES = 64;

/** The data, without the completion code, of the commands whose answer never changes. */
export interface BmcIdentity {
  /** §20.1: 11 bytes, or 15 with auxiliary firmware revision. */
  readonly deviceId: Uint8Array;
  /** §20.8: 16 bytes. */
  readonly guid: Uint8Array;
  /** §20.4: 55h 00h means no error. */
  readonly selfTest: Uint8Array;
  /** §22.10: requests outstanding, input and output buffer, seconds to respond, retries. */
  readonly btCapabilities: Uint8Array;
  /** §22.9 for SSIF: reserved, transaction support and PEC, largest input and output message. */
  readonly ssifCapabilities: Uint8Array;
}

/** The simulated BMC of QEMU 7.2, as recorded. */
export const QEMU_IDENTITY: BmcIdentity = {
  deviceId: Uint8Array.of(0x20, 0x00, 0x00, 0x00, 0x02, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00),
  guid: Uint8Array.of(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00),
  selfTest: Uint8Array.of(0x55, 0x00),
  btCapabilities: Uint8Array.of(0x01, 0xff, 0xff, 0x0a, 0x00),
  ssifCapabilities: Uint8Array.of(0x00, 0x80, 0xff, 0xff),
};

export interface BmcState {
  readonly identity: BmcIdentity;
  /** GlobalEnable bits. */
  globalEnables: number;
  watchdogPreTimeout: boolean;
  /** Whether `event` holds a record that was not read. Only while the event message buffer is enabled. */
  eventFull: boolean;
  readonly event: Uint8Array;
  /** The Receive Message Queue, oldest first: QUEUE_MESSAGES slots of QUEUE_MESSAGE_BYTES. */
  readonly queue: Uint8Array;
  readonly queueLengths: Uint8Array;
  queueCount: number;
  /** Cold Reset was accepted; whoever runs the BMC resets it, and calls resetBmcState. */
  coldReset: boolean;
}

/** A BMC after power-on. */
export function createBmcState(identity: BmcIdentity = QEMU_IDENTITY): BmcState {
  return {
    identity,
    globalEnables: GlobalEnable.SYSTEM_EVENT_LOGGING,
    watchdogPreTimeout: false,
    eventFull: false,
    event: new Uint8Array(EVENT_BYTES),
    queue: new Uint8Array(QUEUE_MESSAGES * QUEUE_MESSAGE_BYTES),
    queueLengths: new Uint8Array(QUEUE_MESSAGES),
    queueCount: 0,
    coldReset: false,
  };
}

/** Makes the state equal to that of createBmcState with the same identity. */
export function resetBmcState(state: BmcState): void {
  state.globalEnables = GlobalEnable.SYSTEM_EVENT_LOGGING;
  state.watchdogPreTimeout = false;
  state.coldReset = false;
  clearEvent(state);
  clearQueue(state);
}

/** The MessageFlag bits that Get Message Flags returns now. */
export function messageFlags(state: BmcState): number {
  return (state.queueCount > 0 ? MessageFlag.RECEIVE_MESSAGE : 0)
    | (state.eventFull ? MessageFlag.EVENT_MESSAGE_BUFFER_FULL : 0)
    | (state.watchdogPreTimeout ? MessageFlag.WATCHDOG_PRE_TIMEOUT : 0);
}

/** Whether SMS_ATN should be set, IPMI 2.0 §9.7: any message flag is. Global enables do not matter. */
export function attention(state: BmcState): boolean {
  return state.queueCount > 0 || state.eventFull || state.watchdogPreTimeout;
}

/**
 * Puts an event record of EVENT_BYTES into the event message buffer. False, and no change, if the
 * buffer is disabled (§22.1 bit 2) or still full: it holds one.
 */
export function postEvent(state: BmcState, event: Uint8Array): boolean {
  if (event.length !== EVENT_BYTES) throw new RangeError(`event of ${event.length} bytes, not ${EVENT_BYTES}`);
  if (state.eventFull || (state.globalEnables & GlobalEnable.EVENT_MESSAGE_BUFFER) === 0) return false;
  state.event.set(event);
  state.eventFull = true;
  return true;
}

/**
 * Appends a message to the Receive Message Queue. False, and no change, if the queue is full.
 * @param message data of the Get Message response (§22.6): the channel byte, then 0 to 63 bytes
 */
export function postMessage(state: BmcState, message: Uint8Array): boolean {
  if (message.length < 1 || message.length > QUEUE_MESSAGE_BYTES) {
    throw new RangeError(`message of ${message.length} bytes, not 1 to ${QUEUE_MESSAGE_BYTES}`);
  }
  if (state.queueCount === QUEUE_MESSAGES) return false;
  const slot = state.queueCount;
  state.queue.set(message, slot * QUEUE_MESSAGE_BYTES);
  state.queueLengths[slot] = message.length;
  state.queueCount++;
  return true;
}

/** The watchdog's pre-timeout interrupt has occurred (§27.3); stays until Clear Message Flags. */
export function postWatchdogPreTimeout(state: BmcState): void {
  state.watchdogPreTimeout = true;
}

/** Empties the event message buffer. */
export function clearEvent(state: BmcState): void {
  state.eventFull = false;
  state.event.fill(0);
}

/** Empties the Receive Message Queue. */
export function clearQueue(state: BmcState): void {
  state.queueCount = 0;
  state.queue.fill(0);
  state.queueLengths.fill(0);
}

/** Removes the oldest message from the Receive Message Queue, which has one. */
export function dropMessage(state: BmcState): void {
  state.queueCount--;
  state.queue.copyWithin(0, QUEUE_MESSAGE_BYTES);
  state.queue.fill(0, state.queueCount * QUEUE_MESSAGE_BYTES);
  state.queueLengths.copyWithin(0, 1);
  state.queueLengths.fill(0, state.queueCount);
}
