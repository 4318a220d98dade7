import { BT_CTRL, BT_INTMASK, IBTCR0, IBTCR0_WRITABLE, IBT_IRQ } from '../bt/registers.ts';

/**
 * The registers of the AST2500's LPC block, as data: offsets from 0x1e789000 and bits, by the names of
 * the AST2050 datasheet §30 (whose 0x00-0x7C are nearly those of the Renesas H8S/2168) and, for what
 * came later, of Linux' kcs_bmc_aspeed.c and ASPEED's vendor header regs-lpc.h.
 *
 * No public datasheet of the AST2500 exists: reset values are the AST2050's.
 */

/** Byte offsets. Registers are 32 bits apart; those of the KCS channels use bits 7:0. */
export const LPC = {
  HICR0: 0x000, HICR1: 0x004, HICR2: 0x008, HICR3: 0x00c, HICR4: 0x010,
  LADR3H: 0x014, LADR3L: 0x018, LADR12H: 0x01c, LADR12L: 0x020,
  IDR1: 0x024, IDR2: 0x028, IDR3: 0x02c,
  ODR1: 0x030, ODR2: 0x034, ODR3: 0x038,
  STR1: 0x03c, STR2: 0x040, STR3: 0x044,
  SIRQCR0: 0x070, SIRQCR1: 0x074, SIRQCR2: 0x078, SIRQCR3: 0x07c,
  HICR5: 0x080, HICR6: 0x084, HICR7: 0x088, HICR8: 0x08c,
  SNPWADR: 0x090, SNPWDR: 0x094, HICR9: 0x098, HICRA: 0x09c,
  LHCR0: 0x0a0, LHCR1: 0x0a4, LHCR2: 0x0a8, LHCR3: 0x0ac, LHCR4: 0x0b0, LHCR5: 0x0b4,
  LHCR6: 0x0b8, LHCR7: 0x0bc, LHCR8: 0x0c0, LHCR9: 0x0c4, LHCRA: 0x0c8, LHCRB: 0x0cc,
  HICRB: 0x100, HICRC: 0x104, HISR0: 0x108, HISR1: 0x10c,
  LADR4: 0x110, IDR4: 0x114, ODR4: 0x118, STR4: 0x11c, LSADR12: 0x120,
  PCCR0: 0x130, PCCR1: 0x134, PCCR2: 0x138, PCCR3: 0x13c,
  iBTCR0: 0x140, iBTCR1: 0x144, iBTCR2: 0x148, iBTCR3: 0x14c, iBTCR4: 0x150, iBTCR5: 0x154, iBTCR6: 0x158,
} as const;
export type LpcRegister = keyof typeof LPC;

/** Bits and fields of one register: name to mask, from the top. */
type Fields = Readonly<Record<string, number>>;

/** Channel enables (AST2050 §30). */
export const HICR0 = { LPC3E: 0x80, LPC2E: 0x40, LPC1E: 0x20, SDWNE: 0x08, PMEE: 0x04 } as const;

export const HICR1 = { LPCBSY: 0x80, CLKREQ: 0x40, IRQBSY: 0x20, LRSTB: 0x10, SDWNB: 0x08, PMEB: 0x04 } as const;

/** Events (write 0 clears) and the interrupt enables of channels 1-3. */
export const HICR2 = {
  LRST: 0x40, SDWN: 0x20, ABRT: 0x10, IBFIE3: 0x08, IBFIE2: 0x04, IBFIE1: 0x02, ERRIE: 0x01,
} as const;

/** LADR12AS chooses whose address LADR12H/L shows; KCSENBL makes channel 3 a KCS channel. */
export const HICR4 = {
  LADR12AS: 0x80, CLRINTLRSTR: 0x40, STSINTLRSTR: 0x20, ENINTLRSTR: 0x10, KCSENBL: 0x04, BTENBL: 0x01,
} as const;

/** Serialized interrupts of channels 2 and 3 (kcs_bmc_aspeed.c), snoop and bridge enables (regs-lpc.h). */
export const HICR5 = {
  ID3IRQX: 0x00f0_0000, ID2IRQX: 0x000f_0000,
  SEL3IRQX: 0x8000, IRQXE3: 0x4000, SEL2IRQX: 0x2000, IRQXE2: 0x1000,
  ENFWH: 0x0400, ENL2H: 0x0100, ENSET_SF: 0x0020,
  ENINT_SNP1W: 0x0008, ENSNP1W: 0x0004, ENINT_SNP0W: 0x0002, ENSNP0W: 0x0001,
} as const;

export const HICR6 = { STR_SNP1W: 0x02, STR_SNP0W: 0x01 } as const;

/** Channel 4, and the 16-bit status addresses of channels 1 and 2. */
export const HICRB = {
  ENSNP1D: 0x8000, ENSNP0D: 0x4000, EN16LADR2: 0x20, EN16LADR1: 0x10, IBFIE4: 0x02, LPC4E: 0x01,
} as const;

/** Serialized interrupt of channel 4. TY4IRQX: 0 low level, 1 high level, 3 rising edge. */
export const HICRC = { ID4IRQX: 0xf0, TY4IRQX: 0x0c, OBF4_AUTO_CLR: 0x02, IRQXE4: 0x01 } as const;

/** Serialized interrupts of channel 1, which has IRQ1 and IRQ12 only. */
export const SIRQCR0 = {
  QC: 0x80, SELREQ: 0x40, IEDIR: 0x20, SMIE3B: 0x10, SMIE3A: 0x08, SMIE2: 0x04, IRQ12E1: 0x02, IRQ1E1: 0x01,
} as const;

export const SIRQCR1 = {
  IRQ11E3: 0x80, IRQ10E3: 0x40, IRQ9E3: 0x20, IRQ6E3: 0x10, IRQ11E2: 0x08, IRQ10E2: 0x04, IRQ9E2: 0x02, IRQ6E2: 0x01,
} as const;

export const SIRQCR2 = { IEDIR3: 0x80 } as const;

export const SIRQCR3 = {
  SELIRQ11: 0x40, SELIRQ10: 0x20, SELIRQ9: 0x10, SELIRQ6: 0x08, SELSMI: 0x04, SELIRQ12: 0x02, SELIRQ1: 0x01,
} as const;

export const LADR4 = { LADR4_STATUS: 0xffff_0000, LADR4_DATA: 0x0000_ffff } as const;
export const LSADR12 = { LSADR2: 0xffff_0000, LSADR1: 0x0000_ffff } as const;

/**
 * A channel's status register. S1 S0 OEM2 OEM1 and SMS_ATN are the datasheet's DBU bits ("defined by
 * user"), under the names that IPMI 9.5 gives them.
 */
export const STR = {
  S1: 0x80, S0: 0x40, OEM2: 0x20, OEM1: 0x10, CD: 0x08, SMS_ATN: 0x04, IBF: 0x02, OBF: 0x01,
} as const;
/** S1 and S0: the state of the interface. */
export const STR_STATE = 0xc0;
/** What the BMC may write at will; it may also clear OBF, and nothing else. */
export const STR_DBU = 0xf4;

/** Values of S1 S0 (IPMI 9.7). */
export const KcsState = { IDLE: 0x00, READ: 0x40, WRITE: 0x80, ERROR: 0xc0 } as const;

/** One register as the BMC sees it. */
export interface RegisterInfo {
  readonly name: LpcRegister;
  /** Bytes from the start of the block. */
  readonly offset: number;
  /** Bits that exist; the rest reads 0. */
  readonly size: 8 | 32;
  readonly reset: number;
  /** Bits that a write sets to what it carries. */
  readonly writable: number;
  /** Bits that writing 0 clears and writing 1 leaves. */
  readonly clear0: number;
  /** Bits that writing 1 clears and writing 0 leaves. */
  readonly clear1: number;
  readonly fields: Fields;
}

const ALL = 0xffff_ffff;

function register(
  name: LpcRegister, size: 8 | 32, fields: Fields, writable: number = size === 8 ? 0xff : ALL,
  rest: Partial<Pick<RegisterInfo, 'reset' | 'clear0' | 'clear1'>> = {},
): RegisterInfo {
  return { name, offset: LPC[name], size, reset: 0, clear0: 0, clear1: 0, ...rest, writable, fields };
}

function channel(n: 1 | 2 | 3 | 4): readonly RegisterInfo[] {
  return [
    register(`IDR${n}`, 8, {}, 0),
    register(`ODR${n}`, 8, {}),
    // IBF and C/D belong to the hardware (AST2050 §30): otherwise each read-modify-write of the state
    // bits could undo a write of the host that came in between.
    register(`STR${n}`, 8, STR, STR_DBU, { clear0: STR.OBF }),
  ];
}

/** Every register that is there; at any other offset reads give 0 and writes are ignored. */
export const LPC_REGISTERS: readonly RegisterInfo[] = [
  register('HICR0', 8, HICR0),
  register('HICR1', 8, HICR1, 0x1c),
  register('HICR2', 8, HICR2, 0x0f, { clear0: 0x70 }),
  register('HICR3', 8, {}, 0), // the levels of pins
  register('HICR4', 8, HICR4, 0xff & ~(HICR4.CLRINTLRSTR | HICR4.STSINTLRSTR)),
  register('LADR3H', 8, {}),
  register('LADR3L', 8, {}),
  register('LADR12H', 8, {}), // each of the two banks
  register('LADR12L', 8, {}, 0xff, { reset: 0x60 }), // bank 2: 0x62, the legacy 8042's second pair
  ...channel(1),
  ...channel(2),
  ...channel(3),
  register('SIRQCR0', 8, SIRQCR0, 0x7f),
  register('SIRQCR1', 8, SIRQCR1),
  register('SIRQCR2', 8, SIRQCR2),
  register('SIRQCR3', 8, SIRQCR3),
  register('HICR5', 32, HICR5),
  register('HICR6', 32, HICR6, 0, { clear1: 0x03 }),
  register('HICR7', 32, {}),
  register('HICR8', 32, {}),
  register('SNPWADR', 32, {}),
  register('SNPWDR', 32, {}, 0),
  register('HICR9', 32, {}),
  register('HICRA', 32, {}),
  ...(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B'] as const).map((n) => register(`LHCR${n}`, 32, {})),
  register('HICRB', 32, HICRB),
  register('HICRC', 32, HICRC),
  register('HISR0', 32, {}, 0, { clear1: ALL }),
  register('HISR1', 32, {}, 0, { clear1: ALL }),
  register('LADR4', 32, LADR4),
  ...channel(4),
  register('LSADR12', 32, LSADR12),
  register('PCCR0', 32, {}),
  register('PCCR1', 32, {}),
  register('PCCR2', 32, {}),
  register('PCCR3', 32, {}),
  register('iBTCR0', 32, IBTCR0, IBTCR0_WRITABLE),
  register('iBTCR1', 8, IBT_IRQ),
  register('iBTCR2', 8, IBT_IRQ, 0, { clear1: IBT_IRQ.H_BUSY | IBT_IRQ.H2B }),
  register('iBTCR3', 32, {}),
  // What is written to these three does not simply stay: see Ibt.
  register('iBTCR4', 8, BT_CTRL, 0),
  register('iBTCR5', 8, {}, 0),
  register('iBTCR6', 8, BT_INTMASK, 0),
];

const BY_OFFSET: ReadonlyMap<number, RegisterInfo> = new Map(LPC_REGISTERS.map((info) => [info.offset, info]));

/** The register at a byte offset, if there is one. */
export function registerAt(offset: number): RegisterInfo | undefined {
  return BY_OFFSET.get(offset);
}

/** `HICR5`, or `LPC+0D0h` where there is no register. */
export function registerName(offset: number): string {
  return BY_OFFSET.get(offset)?.name ?? `LPC+${hex(offset, 3)}`;
}

/** Number of the lowest bit of a mask that is not 0. */
export function shiftOf(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

/** `C1h`: hexadecimal as the IPMI specification writes it. */
export function hex(value: number, digits = 2): string {
  return `${(value >>> 0).toString(16).toUpperCase().padStart(digits, '0')}h`;
}

/** The bits of a status register by name: `ERROR SMS_ATN OBF`. */
export function formatStatus(value: number): string {
  const words: string[] = [STATES[(value & STR_STATE) >> 6]];
  for (const [name, mask] of STATUS_BITS) if ((value & mask) !== 0) words.push(name === 'CD' ? 'C/D' : name);
  return words.join(' ');
}

const STATES = ['IDLE', 'READ', 'WRITE', 'ERROR'] as const;
const STATUS_BITS = Object.entries(STR).filter(([, mask]) => (mask & STR_STATE) === 0);

/**
 * A register and its value for reports: `STR3=C1h ERROR OBF`, `HICR0=A0h LPC3E LPC1E`,
 * `HICR5=00B04000h ID3IRQX=11 IRQXE3`.
 */
export function formatRegister(offset: number, value: number): string {
  const info = BY_OFFSET.get(offset);
  const head = `${registerName(offset)}=${hex(value, info?.size === 32 ? 8 : 2)}`;
  if (info === undefined) return head;
  if (info.fields === STR) return `${head} ${formatStatus(value)}`;
  const words = [head];
  for (const [name, mask] of Object.entries(info.fields)) {
    const bits = (value & mask) >>> shiftOf(mask);
    if (bits === 0) continue;
    words.push((mask & (mask - 1)) === 0 ? name : `${name}=${mask >>> shiftOf(mask) > 0xf ? hex(bits, 4) : bits}`);
  }
  return words.join(' ');
}
