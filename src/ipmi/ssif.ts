/** SMBus commands of SSIF (IPMI 2.0 §12). */
export const SsifCmd = {
  /** Write, single part: the whole request. */
  REQUEST: 0x02,
  /** Read: the whole response, or its first part behind the marker 00h 01h. */
  RESPONSE: 0x03,
  /** Write, first part of several: 32 bytes. */
  MULTI_PART_REQUEST_START: 0x06,
  /** Write, neither first nor last: 32 bytes. (Some BMCs take a shorter one, or an empty one, for the last.) */
  MULTI_PART_REQUEST_MIDDLE: 0x07,
  /** Write, the last part: 1 to 32 bytes. */
  MULTI_PART_REQUEST_END: 0x08,
  /** Read: block number (FFh: the last) and up to 31 bytes. */
  MULTI_PART_RESPONSE_MIDDLE: 0x09,
  /** Write: the number of the block to read again. Optional, and never used by Linux. */
  MULTI_PART_RESPONSE_RETRY: 0x0a,
} as const;
export type SsifCmd = (typeof SsifCmd)[keyof typeof SsifCmd];

/** What a first part begins with: no response does, since its NetFn is odd. */
export const MULTI_PART_MARKER: readonly [number, number] = [0x00, 0x01];
/** Block number of the last part of a response. */
export const LAST_BLOCK = 0xff;
/** Message bytes in a middle part of a response, behind its block number. */
export const BLOCK_BYTES = 31;
/** The 7-bit address at which BMCs are found by default. */
export const SSIF_ADDRESS = 0x10;
/** Longest message on /dev/ipmi-ssif-host, NetFn and command included, bytes (linux/ipmi_ssif_bmc.h). */
export const IPMI_SSIF_PAYLOAD_MAX = 254;

/** Whether `command` writes a request, or a part of one. */
export function isSsifWrite(command: number): boolean {
  return command === SsifCmd.REQUEST || (command >= SsifCmd.MULTI_PART_REQUEST_START && command <= SsifCmd.MULTI_PART_REQUEST_END);
}

/** Whether `command` reads a response, or a part of one. */
export function isSsifRead(command: number): boolean {
  return command === SsifCmd.RESPONSE || command === SsifCmd.MULTI_PART_RESPONSE_MIDDLE;
}
