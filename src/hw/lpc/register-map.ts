import { LPC, LPC_REGISTERS } from './registers.ts';

/**
 * {@link LPC_REGISTERS} laid out by word index (offset / 4) in typed arrays: what each access needs to
 * know, without a search.
 */

/** Words that the block decodes; beyond it reads give 0. */
export const WORDS = 0x80;

/** How a register behaves. */
export const Kind = {
  /** Reads 0, ignores writes. */
  none: 0,
  /** Keeps what it is given, by the masks below. */
  stored: 1,
  /** LADR12H and LADR12L: two of each. */
  banked: 2,
  idr: 3,
  odr: 4,
  str: 5,
  /** iBTCR4 to iBTCR6: see Ibt. */
  bt: 6,
} as const;

/** What depends on a register, as bits. */
export const Effect = {
  /** Which host port reaches which channel. */
  decode: 1,
  /** The interrupt to the BMC's CPU. */
  interrupt: 2,
  /** The interrupt requests to the host. */
  serirq: 4,
} as const;

export const KIND = new Uint8Array(WORDS);
/** For IDR, ODR and STR: the channel, counted from 0. */
export const CHANNEL = new Uint8Array(WORDS);
export const EFFECT = new Uint8Array(WORDS);
export const RESET = new Uint32Array(WORDS);
export const WRITABLE = new Uint32Array(WORDS);
export const CLEAR0 = new Uint32Array(WORDS);
export const CLEAR1 = new Uint32Array(WORDS);

for (const info of LPC_REGISTERS) {
  const word = info.offset >> 2;
  KIND[word] = Kind.stored;
  RESET[word] = info.reset;
  WRITABLE[word] = info.writable;
  CLEAR0[word] = info.clear0;
  CLEAR1[word] = info.clear1;
}

for (const c of [1, 2, 3, 4] as const) {
  for (const [offset, kind] of [
    [LPC[`IDR${c}`], Kind.idr], [LPC[`ODR${c}`], Kind.odr], [LPC[`STR${c}`], Kind.str],
  ] as const) {
    KIND[offset >> 2] = kind;
    CHANNEL[offset >> 2] = c - 1;
  }
}

for (const name of ['iBTCR4', 'iBTCR5', 'iBTCR6'] as const) KIND[LPC[name] >> 2] = Kind.bt;

KIND[LPC.LADR12H >> 2] = Kind.banked;
KIND[LPC.LADR12L >> 2] = Kind.banked;

for (const [name, effect] of [
  ['HICR0', Effect.decode | Effect.interrupt],
  ['HICR2', Effect.interrupt],
  ['HICR4', Effect.decode | Effect.interrupt],
  ['LADR3H', Effect.decode],
  ['LADR3L', Effect.decode],
  ['LADR12H', Effect.decode],
  ['LADR12L', Effect.decode],
  ['HICRB', Effect.decode | Effect.interrupt],
  ['LADR4', Effect.decode],
  ['LSADR12', Effect.decode],
  ['SIRQCR0', Effect.serirq],
  ['SIRQCR2', Effect.serirq],
  ['HICR5', Effect.serirq],
  ['HICRC', Effect.serirq],
  ['iBTCR0', Effect.decode | Effect.serirq],
  ['iBTCR1', Effect.interrupt],
  ['iBTCR2', Effect.interrupt],
] as const) {
  EFFECT[LPC[name] >> 2] = effect;
}
