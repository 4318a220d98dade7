/** Constants of the BT interface, IPMI 2.0 §11. */

/**
 * Bits of BT_CTRL, §11.6.4. B_BUSY and H_BUSY are toggled by writing 1, by their owner; the attention bits are set by writing
 * 1 on one side and cleared by writing 1 on the other; the CLR bits are pulses that read 0. Writing 0 does nothing.
 */
export const BtCtrl = {
  /** Rewinds the writer's own pointer into the buffer that it writes. */
  CLR_WR_PTR: 0x01,
  /** Rewinds the reader's own pointer into the buffer that it reads. */
  CLR_RD_PTR: 0x02,
  /** A request is in HOST2BMC: set by the host, cleared by the BMC. */
  H2B_ATN: 0x04,
  /** A response is in BMC2HOST: set by the BMC, cleared by the host. */
  B2H_ATN: 0x08,
  /** Set by the BMC, cleared by the host. */
  SMS_ATN: 0x10,
  OEM0: 0x20,
  /** The host is reading BMC2HOST: toggled by the host. */
  H_BUSY: 0x40,
  /** The BMC is using or initialising the buffers: toggled by the BMC. */
  B_BUSY: 0x80,
} as const;

/** Bits of BT_INTMASK, §11.6. */
export const BtIntMask = {
  /** Interrupts of the host are enabled. */
  B2H_IRQ_EN: 0x01,
  /** An interrupt of the host is pending; cleared by the host writing 1. */
  B2H_IRQ: 0x02,
  /** Written as 1 by the host: resets the BMC, if that is implemented. */
  BMC_HWRST: 0x80,
} as const;

/** What stands before a request's data in the buffer: length, NetFn/LUN, Seq, Cmd (§11.1). */
export const BT_REQUEST_HEADER = 4;
/** What stands before a response's data: length, NetFn/LUN, Seq, Cmd, completion code (§11.2). */
export const BT_RESPONSE_HEADER = 5;
/** The least that the length of a request says, bytes, itself not counted. */
export const BT_REQUEST_LEAST = 3;
/** The same of a response. */
export const BT_RESPONSE_LEAST = 4;

const NAMES: readonly (readonly [number, string])[] = [
  [BtCtrl.B_BUSY, 'B_BUSY'], [BtCtrl.H_BUSY, 'H_BUSY'], [BtCtrl.OEM0, 'OEM0'], [BtCtrl.SMS_ATN, 'SMS_ATN'],
  [BtCtrl.B2H_ATN, 'B2H_ATN'], [BtCtrl.H2B_ATN, 'H2B_ATN'], [BtCtrl.CLR_RD_PTR, 'CLR_RD_PTR'], [BtCtrl.CLR_WR_PTR, 'CLR_WR_PTR'],
];

/** A value of BT_CTRL for people: the bits that are set, high to low, or `-`. */
export function formatBtCtrl(ctrl: number): string {
  const bits = NAMES.filter(([bit]) => (ctrl & bit) !== 0).map(([, name]) => name);
  return bits.length === 0 ? '-' : bits.join(' ');
}
