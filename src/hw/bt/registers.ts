/**
 * The bits of the iBT block (the Block Transfer interface of the AST2400 and AST2500), by the names of
 * IPMI 11.6 and of Linux' bt-bmc.c and ipmi_bt_sm.c.
 */

/** The host's ports, from the base address up (IPMI 11.6). At the last of four nobody answers. */
export const BtReg = { ctrl: 0, fifo: 1, intmask: 2 } as const;

/** BT_CTRL, which both sides see (IPMI 11.6.4); who may change what is in {@link Ibt}. */
export const BT_CTRL = {
  B_BUSY: 0x80, H_BUSY: 0x40, OEM0: 0x20, SMS_ATN: 0x10, B2H_ATN: 0x08, H2B_ATN: 0x04,
  CLR_RD_PTR: 0x02, CLR_WR_PTR: 0x01,
} as const;

/** INTMASK (IPMI 11.6.5). */
export const BT_INTMASK = { BMC_HWRST: 0x80, OEM: 0x1c, B2H_IRQ: 0x02, B2H_IRQ_EN: 0x01 } as const;

/** Address, SerIRQ and enables (bt-bmc.c). EN_CLR_SLV_RDP and _WRP let the BMC clear its own pointers. */
export const IBTCR0 = {
  IO_BASE: 0xffff_0000, SIRQ: 0xf000, SIRQ_TYPE: 0x0c00,
  EN_CLR_SLV_RDP: 0x08, EN_CLR_SLV_WRP: 0x04, ENABLE_IBT: 0x01,
} as const;
/** The bits that exist: 17:16 read 0, so that the base is a multiple of 4. */
export const IBTCR0_WRITABLE = 0xfffc_ffff;

/** The two sources of iBTCR1 (enable) and iBTCR2 (status): H2B_ATN has risen, H_BUSY has fallen. */
export const IBT_IRQ = { H_BUSY: 0x40, H2B: 0x01 } as const;

const CTRL_BITS = Object.entries(BT_CTRL);

/** The bits of BT_CTRL by name: `B_BUSY H2B_ATN`; `idle` if there is none. */
export function formatBtCtrl(value: number): string {
  const words = CTRL_BITS.filter(([, mask]) => (value & mask) !== 0).map(([name]) => name);
  return words.length === 0 ? 'idle' : words.join(' ');
}
