import { IPMI_SSIF_PAYLOAD_MAX, isSsifRead, isSsifWrite } from '../../ipmi/index.ts';
import { CStruct, type Allocation, type CArray, type CField } from '../../linux/index.ts';
import { SSIF_MSG_SIZE } from './driver.ts';

/** A standard SMBus transaction is limited to 32 data bytes (MAX_PAYLOAD_PER_TRANSACTION). */
export const MAX_PAYLOAD = 32;
/** With the address, the command, the length and the PEC byte (MAX_TRANSACTION). */
export const MAX_TRANSACTION = MAX_PAYLOAD + 4;
/** Bytes of a message in the first part of a multi-part read, and in each other. */
export const START_DATA = 30;
export const MIDDLE_DATA = 31;

/** enum ssif_state. */
export const SsifState = {
  READY: 0,
  START: 1,
  SMBUS_CMD: 2,
  REQ_RECVING: 3,
  RES_SENDING: 4,
  ABORTING: 5,
} as const;
export type SsifState = (typeof SsifState)[keyof typeof SsifState];

const STATES = Object.keys(SsifState).map((name) => `SSIF_${name}`);

/** state_to_string(). */
export function stateToString(state: SsifState): string {
  return STATES[state];
}

/** The scalars of struct ssif_bmc_ctx: what the bus driver's interrupt, the timer and the file operations share. */
export class State {
  msgIdx = 0;
  pecSupport = false;
  running = false;
  state: SsifState = SsifState.READY;
  responseTimerInited = false;
  isSinglepartRead = false;
  /** u8, as are the next two. */
  nbytesProcessed = 0;
  remainLen = 0;
  blockNum = 0;
  requestAvailable = false;
  responseInProgress = false;
  busy = false;
  aborting = false;
}

export const STATE_FIELDS = [
  'msgIdx', 'pecSupport', 'running', 'state', 'responseTimerInited', 'isSinglepartRead', 'nbytesProcessed', 'remainLen', 'blockNum',
  'requestAvailable', 'responseInProgress', 'busy', 'aborting',
] as const satisfies readonly (keyof State)[];

/** struct ssif_part_buffer. */
export interface PartBuffer {
  readonly address: CField;
  readonly smbusCmd: CField;
  readonly length: CField;
  /** u8 payload[32]: behind it lie pec, index, a byte of padding, and the response. */
  readonly payload: CArray;
  readonly pec: CField;
  readonly index: CField;
  /** The whole, for memset(). */
  readonly all: CArray;
}

/** struct ipmi_ssif_msg. */
export interface SsifMessage {
  readonly len: CField;
  readonly payload: CArray;
  /** The whole, length first, as it goes over the device. */
  readonly all: CArray;
}

const PART_SIZE = 3 + MAX_PAYLOAD + 2;

/**
 * The buffers at the end of struct ssif_bmc_ctx, where they are so that an overrun does no harm before them (v4):
 * part_buf, response, request. The ten u8 and bool members before part_buf let it begin at 2 modulo 4 on ARM.
 */
export class Buffers {
  readonly part: PartBuffer;
  readonly response: SsifMessage;
  readonly request: SsifMessage;

  constructor(memory: Allocation) {
    const response = PART_SIZE + 1;
    const request = response + SSIF_MSG_SIZE;
    const struct = new CStruct(memory, request + SSIF_MSG_SIZE);
    const at = 3 + MAX_PAYLOAD;
    this.part = {
      address: struct.u8('part_buf.address', 0),
      smbusCmd: struct.u8('part_buf.smbus_cmd', 1),
      length: struct.u8('part_buf.length', 2),
      payload: struct.array('part_buf.payload', 3, MAX_PAYLOAD),
      pec: struct.u8('part_buf.pec', at),
      index: struct.u8('part_buf.index', at + 1),
      all: struct.array('part_buf', 0, PART_SIZE),
    };
    const message = (name: string, offset: number): SsifMessage => ({
      len: struct.u32(`${name}.len`, offset),
      payload: struct.array(`${name}.payload`, offset + 4, IPMI_SSIF_PAYLOAD_MAX),
      all: struct.array(name, offset, SSIF_MSG_SIZE),
    });
    this.response = message('response', response);
    this.request = message('request', request);
  }
}

/** supported_read_cmd(). */
export function supportedReadCmd(cmd: number): boolean {
  return isSsifRead(cmd);
}

/** supported_write_cmd(). */
export function supportedWriteCmd(cmd: number): boolean {
  return isSsifWrite(cmd);
}
