/**
 * Network functions, IPMI 2.0 §5.1 Table 5-1. The even value is the request, the odd one above it
 * the response.
 */
export const NetFn = {
  APP: 0x06,
  /** Controller-specific OEM, 30h-3Fh; the tagged echo lives here. */
  OEM: 0x30,
} as const;

/** Logical units of the BMC, IPMI 2.0 §7.2. Commands of the system interface go to BMC. */
export const Lun = { BMC: 0, OEM_1: 1, SMS: 2, OEM_2: 3 } as const;

/** First byte of a message: NetFn in bits 7:2, LUN in 1:0. */
export function netFnLun(netFn: number, lun: number): number {
  return ((netFn << 2) | lun) & 0xff;
}

/** NetFn, 0-63, of a message's first byte. */
export function netFnOf(byte0: number): number {
  return byte0 >> 2;
}

/** LUN, 0-3, of a message's first byte. */
export function lunOf(byte0: number): number {
  return byte0 & 0x03;
}

/** Bit 0 of NetFn where it stands in a message's first byte: set in a response. */
export const RESPONSE_BIT = 0x04;
