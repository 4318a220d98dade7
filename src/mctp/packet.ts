/** MCTP packets and control messages: DMTF DSP0236, sections 8.1 (header), 12 (control messages). */

/** Bytes of the packet header: version, destination, source, flags with sequence number and tag. */
export const MCTP_HEADER = 4;
/** Baseline transmission unit: the payload that every endpoint must take, bytes (DSP0236 8.3). */
export const MCTP_BTU = 64;
/** Version of the header. */
export const MCTP_VERSION = 1;

/** Bits of the fourth byte of the header. */
export const MctpFlag = { SOM: 0x80, EOM: 0x40, TO: 0x08, TAG: 0x07 } as const;

/** Message types, the first byte of a message (DSP0239). */
export const MctpType = { CONTROL: 0x00, VENDOR_PCI: 0x7e } as const;

/** Control commands (DSP0236 table 12). */
export const MctpControl = { SET_ENDPOINT_ID: 0x01, GET_ENDPOINT_ID: 0x02, GET_VERSION_SUPPORT: 0x04, GET_TYPE_SUPPORT: 0x05 } as const;

const COMMANDS: Readonly<Record<number, string>> = {
  [MctpControl.SET_ENDPOINT_ID]: 'Set Endpoint ID', [MctpControl.GET_ENDPOINT_ID]: 'Get Endpoint ID',
  [MctpControl.GET_VERSION_SUPPORT]: 'Get MCTP Version Support', [MctpControl.GET_TYPE_SUPPORT]: 'Get Message Type Support',
};

/** Bits of the second byte of a control message: it is a request; nobody is to answer it; its instance. */
const REQUEST = 0x80;
const DATAGRAM = 0x40;
const INSTANCE = 0x1f;
/** Bytes of a control message before its data: type, request bit and instance, command. */
const CONTROL_HEADER = 3;
/** Completion code of a control response. */
const SUCCESS = 0x00;
const UNSUPPORTED = 0x05;

/** Instances of a control message: what tells one request from another. */
export const MCTP_INSTANCES = INSTANCE + 1;

/** Writes the header of a message that is one packet; its tag is owned by who asks. Returns the bytes written. */
export function writeHeader(packet: Uint8Array, dest: number, src: number, tag: number, owner: boolean): number {
  packet[0] = MCTP_VERSION;
  packet[1] = dest;
  packet[2] = src;
  packet[3] = MctpFlag.SOM | MctpFlag.EOM | (owner ? MctpFlag.TO : 0) | (tag & MctpFlag.TAG);
  return MCTP_HEADER;
}

/** Writes a control request with `data`, in one packet; returns its length. */
export function writeControlRequest(
  packet: Uint8Array, dest: number, src: number, instance: number, command: number, data: readonly number[] = [],
): number {
  const at = writeHeader(packet, dest, src, instance, true);
  packet[at] = MctpType.CONTROL;
  packet[at + 1] = REQUEST | (instance & INSTANCE);
  packet[at + 2] = command;
  packet.set(data, at + CONTROL_HEADER);
  return at + CONTROL_HEADER + data.length;
}

/**
 * Writes a vendor's message of `length` bytes in all whose payload tells its instance in every byte; a datagram wants no
 * answer.
 */
export function writeVendorMessage(packet: Uint8Array, dest: number, src: number, instance: number, length: number, datagram = false): number {
  const at = writeHeader(packet, dest, src, instance, true);
  packet[at] = MctpType.VENDOR_PCI;
  packet[at + 1] = REQUEST | (datagram ? DATAGRAM : 0) | (instance & INSTANCE);
  packet[at + 2] = 0;
  for (let i = at + CONTROL_HEADER; i < length; i++) packet[i] = (instance * 16 + i) & 0xff;
  return length;
}

/** The instance of a message, request or response; -1 if it is too short to have one. */
export function instanceOf(packet: Uint8Array, length: number): number {
  return length < MCTP_HEADER + 2 ? -1 : packet[MCTP_HEADER + 1] & INSTANCE;
}

/** Whether a message asks for an answer. */
export function isRequest(packet: Uint8Array, length: number): boolean {
  return length >= MCTP_HEADER + 2 && (packet[MCTP_HEADER + 1] & (REQUEST | DATAGRAM)) === REQUEST;
}

/** Whether a message is the answer to another. */
export function isResponse(packet: Uint8Array, length: number): boolean {
  return length >= MCTP_HEADER + 2 && (packet[MCTP_HEADER + 1] & REQUEST) === 0;
}

/** What a BMC is as an endpoint. */
export interface MctpEndpoint {
  eid: number;
}

/** Writes the answer of `endpoint` to a request; its length, 0 if none is owed. */
export function answerMctp(endpoint: MctpEndpoint, request: Uint8Array, length: number, response: Uint8Array): number {
  if (!isRequest(request, length)) return 0;
  const at = writeHeader(response, request[2], request[1] === 0 ? endpoint.eid : request[1], request[3] & MctpFlag.TAG, false);
  const message = at + CONTROL_HEADER;
  response[at] = request[at];
  response[at + 1] = request[at + 1] & INSTANCE;
  response[at + 2] = request[at + 2];
  if (request[at] !== MctpType.CONTROL) {
    response.set(request.subarray(message, length), message);
    return length;
  }
  const reply = (...bytes: readonly number[]): number => {
    response.set(bytes, message);
    return message + bytes.length;
  };
  switch (request[at + 2]) {
    case MctpControl.SET_ENDPOINT_ID:
      endpoint.eid = request[message + 1];
      response[2] = endpoint.eid;
      return reply(SUCCESS, 0x00, endpoint.eid, 0x00);
    case MctpControl.GET_ENDPOINT_ID:
      return reply(SUCCESS, endpoint.eid, 0x00, 0x00);
    case MctpControl.GET_VERSION_SUPPORT:
      return reply(SUCCESS, 0x01, 0xf1, 0xf3, 0xf1, 0x00);
    case MctpControl.GET_TYPE_SUPPORT:
      return reply(SUCCESS, 0x02, MctpType.CONTROL, MctpType.VENDOR_PCI);
    default:
      return reply(UNSUPPORTED);
  }
}

/** `Get Endpoint ID, request 3`. */
export function packetText(packet: ArrayLike<number>, length = packet.length): string {
  if (length < MCTP_HEADER + CONTROL_HEADER) return `${length} bytes`;
  const bits = packet[MCTP_HEADER + 1];
  const kind = packet[MCTP_HEADER] === MctpType.CONTROL ? COMMANDS[packet[MCTP_HEADER + 2]] ?? 'unknown control command'
    : packet[MCTP_HEADER] === MctpType.VENDOR_PCI ? 'vendor message' : `message of type ${packet[MCTP_HEADER]}`;
  const role = (bits & DATAGRAM) !== 0 ? 'datagram' : (bits & REQUEST) !== 0 ? 'request' : 'response';
  return `${kind}, ${role} ${bits & INSTANCE}`;
}

/** `EID 0 -> 8, SOM EOM TO tag 1`. */
export function headerText(packet: ArrayLike<number>): string {
  const flags = packet[3];
  const words = [
    ...((flags & MctpFlag.SOM) === 0 ? [] : ['SOM']), ...((flags & MctpFlag.EOM) === 0 ? [] : ['EOM']), ...((flags & MctpFlag.TO) === 0 ? [] : ['TO']),
  ];
  return `EID ${packet[2]} -> ${packet[1]}, ${words.join(' ')} tag ${flags & MctpFlag.TAG}`;
}
