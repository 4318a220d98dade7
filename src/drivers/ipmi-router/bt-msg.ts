import { KernelBuffer, type Allocation, type ByteArray } from '../../linux/index.ts';

/** BT_MSG_PAYLOAD_LEN_MAX, bytes. */
export const BT_MSG_PAYLOAD_MAX = 252;
/** sizeof(struct bt_msg): length, NetFn/LUN, sequence number, command, payload, bytes. */
export const BT_MSG_SIZE = 4 + BT_MSG_PAYLOAD_MAX;
/** What the length counts before the payload: NetFn/LUN, sequence number, command. */
export const BT_MSG_HEADER = 3;
/** IPMI_NETFN_LUN_RESPONSE_MASK. */
export const RESPONSE_MASK = 1 << 2;

/** struct bt_msg: one message as it stands in the buffers of BT (IPMI 2.0 11.4), length first. */
export class BtMsg {
  readonly buffer: KernelBuffer;

  constructor(buffer: KernelBuffer) {
    this.buffer = buffer;
  }

  /** One in `memory`. */
  static in(memory: Allocation, name: string): BtMsg {
    return new BtMsg(new KernelBuffer(memory, name, BT_MSG_SIZE));
  }

  get len(): number {
    return this.buffer.get(0);
  }

  set len(value: number) {
    this.buffer.set(0, value);
  }

  get netfnLun(): number {
    return this.buffer.get(1);
  }

  set netfnLun(value: number) {
    this.buffer.set(1, value);
  }

  get seq(): number {
    return this.buffer.get(2);
  }

  set seq(value: number) {
    this.buffer.set(2, value);
  }

  get cmd(): number {
    return this.buffer.get(3);
  }

  set cmd(value: number) {
    this.buffer.set(3, value);
  }

  /** Byte `index` of the payload; in a response 0 is the completion code. */
  payload(index: number): number {
    return this.buffer.get(BT_MSG_HEADER + 1 + index);
  }

  setPayload(index: number, value: number): void {
    this.buffer.set(BT_MSG_HEADER + 1 + index, value);
  }

  /** bt_msg_len(): the whole message, the byte that holds the length included. */
  get total(): number {
    return this.len + 1;
  }

  /** bt_msg_payload_to_len(): makes it one with so much payload. */
  set payloadLength(length: number) {
    this.len = length + BT_MSG_HEADER;
  }

  /** `*this = *from`. */
  assign(from: BtMsg): void {
    this.buffer.copyFrom(from.buffer, BT_MSG_SIZE);
  }

  /** memcpy() of `n` bytes out of it. */
  copyTo(to: ByteArray, n: number): void {
    for (let i = 0; i < n; i++) to.set(i, this.buffer.get(i));
  }

  /** The header of the response to `request`, with `length` bytes of payload. */
  respondTo(request: Pick<BtMsg, 'netfnLun' | 'seq' | 'cmd'>, length: number): void {
    this.payloadLength = length;
    this.netfnLun = request.netfnLun | RESPONSE_MASK;
    this.seq = request.seq;
    this.cmd = request.cmd;
  }
}
