/**
 * Every number of the hardware that can be set, with its bounds: what `list parameters` shows and
 * `--set name=value` checks.
 *
 * `source` says how sure the default is: A, read in the named source; B, derived from sources or
 * taken from the block's predecessor; C, judgement.
 */
export interface Parameter {
  readonly name: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: 'ps' | 'clocks' | 'count' | 'flag' | 'choice';
  readonly source: 'A' | 'B' | 'C';
  readonly text: string;
}

/** The LPC bus, and the host's way to it. */
export const LPC_PARAMETERS = [
  {
    name: 'lclk', default: 30_303, min: 30_000, max: 40_000, unit: 'ps', source: 'A',
    text: 'period of the LPC clock LCLK, 33 MHz (LPC 1.1)',
  },
  {
    name: 'lpcCycleClocks', default: 13, min: 13, max: 13, unit: 'clocks', source: 'A',
    text: 'LPC I/O cycle of one byte without wait states (LPC 1.1, H8S/2117 manual §19)',
  },
  {
    name: 'lpcUpdateClocks', default: 12, min: 11, max: 13, unit: 'clocks', source: 'B',
    text: 'clocks of the cycle after which IDR, ODR and flags have moved (H8S/2117 manual §19)',
  },
  {
    name: 'lpcWaitStates', default: 0, min: 0, max: 8, unit: 'clocks', source: 'C',
    text: 'SYNC wait states that the KCS block inserts; the H8S block inserts none, LPC 1.1 allows 8 short ones',
  },
  {
    name: 'lpcAbortClocks', default: 16, min: 15, max: 20, unit: 'clocks', source: 'B',
    text: 'LPC cycle that nobody answers: 8, 3 without SYNC, and LFRAME# low for 4 or more (LPC 1.1)',
  },
  {
    name: 'hostIo', default: 600_000, min: 300_000, max: 1_500_000, unit: 'ps', source: 'C',
    text: 'what in/out costs the host beyond the LPC cycle (chipset, serialising instruction)',
  },
] as const satisfies readonly Parameter[];

/** The BMC's way to its registers. */
export const APB_PARAMETERS = [
  {
    name: 'apbRead', default: 300_000, min: 120_000, max: 800_000, unit: 'ps', source: 'C',
    text: 'BMC register read: ARM to AHB (198 MHz) to APB (24.75 MHz) and back',
  },
  {
    name: 'apbReadMax', default: 800_000, min: 120_000, max: 800_000, unit: 'ps', source: 'C',
    text: 'longest BMC register read that a schedule may draw',
  },
  {
    name: 'apbWrite', default: 120_000, min: 40_000, max: 400_000, unit: 'ps', source: 'C',
    text: 'BMC register write, until it has its effect',
  },
  {
    name: 'apbWriteMax', default: 400_000, min: 40_000, max: 400_000, unit: 'ps', source: 'C',
    text: 'longest BMC register write that a schedule may draw',
  },
  {
    name: 'vicAccess', default: 100_000, min: 60_000, max: 300_000, unit: 'ps', source: 'C',
    text: 'access to the interrupt controller, which is on the AHB',
  },
] as const satisfies readonly Parameter[];

/** The KCS channels. */
export const KCS_BLOCK_PARAMETERS = [
  {
    name: 'idrOverwrite', default: 1, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'a host write of IDR with IBF=1: 1 replaces the byte, 0 is dropped (as by QEMU); unverified on silicon',
  },
  {
    name: 'decodeOverlap', default: 0, min: 0, max: 2, unit: 'choice', source: 'C',
    text: 'two channels decode one port: 0 the lowest answers reads and all get writes, '
      + '1 the lowest gets everything, 2 the highest answers reads; unverified on silicon',
  },
  {
    name: 'dropIrqEnable', default: 1, min: 0, max: 1, unit: 'flag', source: 'B',
    text: 'the SerIRQ enable bit of channels 1-3 falls when the host reads ODR (H8S; implied by kcs_bmc_aspeed.c)',
  },
  {
    name: 'dropIrqEnable4', default: 1, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'the same for channel 4, whatever OBF4_AUTO_CLR says; unverified',
  },
  {
    name: 'dropIrqEnableOnStr', default: 0, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'it also falls when the BMC clears OBF by writing STR; unverified',
  },
  {
    name: 'lresetClearsStr', default: 0, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'LRESET# clears the status registers, as in the H8S block; unverified on the AST2500',
  },
] as const satisfies readonly Parameter[];

/** The iBT block. */
export const IBT_PARAMETERS = [
  {
    name: 'btFifoDepth', default: 64, min: 64, max: 256, unit: 'count', source: 'C',
    text: 'bytes in each FIFO of iBT: 64 (AST2050 §30, vendor-ibm-astlpc.md of libmctp); bt-bmc.c has a buffer of 256',
  },
  {
    name: 'btFifoWrap', default: 0, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'at the end of an iBT FIFO: 0 writes are dropped and reads give 0, 1 the pointers wrap; unverified',
  },
  {
    name: 'btClearSwapped', default: 0, min: 0, max: 1, unit: 'flag', source: 'B',
    text: 'iBTCR0 b3 and b2 let the BMC clear its pointers: 0 b3 read and b2 write (bt-bmc.c), 1 swapped (regs-lpc.h)',
  },
  {
    name: 'btHostOem0', default: 0, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'a host write of BT_CTRL: 0 leaves OEM0, which generic software writes as 0 (IPMI 11.6.4), 1 stores it',
  },
  {
    name: 'btIrqOnEnable', default: 1, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'enabling B2H_IRQ while B2H_ATN or SMS_ATN is set requests the interrupt, as in QEMU',
  },
  {
    name: 'btResetBusy', default: 0, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'B_BUSY is set after a reset of the BMC; unverified, bt-bmc.c clears it in any case',
  },
  {
    name: 'lresetClearsBt', default: 0, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'LRESET# clears BT_CTRL, INTMASK and FIFO pointers, as in the H8S block; unverified on the AST2500',
  },
] as const satisfies readonly Parameter[];

/** SerIRQ. */
export const SERIRQ_PARAMETERS = [
  {
    name: 'serirqQuiet', default: 1, min: 0, max: 1, unit: 'flag', source: 'A',
    text: 'SerIRQ mode chosen by the host: 0 continuous, 1 quiet (Serialized IRQ 6.0)',
  },
  {
    name: 'serirqStartClocks', default: 4, min: 4, max: 8, unit: 'clocks', source: 'A',
    text: 'SerIRQ start frame: 4, 6 or 8 clocks low (Serialized IRQ 6.0)',
  },
  {
    name: 'serirqFrames', default: 17, min: 17, max: 32, unit: 'count', source: 'A',
    text: 'SerIRQ frames in a sequence: at least 17, 21 on most PCs (Serialized IRQ 6.0)',
  },
  {
    name: 'serirqGapClocks', default: 2, min: 2, max: 1_000, unit: 'clocks', source: 'A',
    text: 'clocks between two SerIRQ sequences; beyond 2 the host decides (Serialized IRQ 6.0)',
  },
  {
    name: 'serirqPhase', default: 0, min: 0, max: 40_000_000, unit: 'ps', source: 'C',
    text: 'continuous SerIRQ: start of some sequence; the schedule shifts it by eighths of a sequence',
  },
] as const satisfies readonly Parameter[];

/** Those of all its blocks. */
export const AST2500_PARAMETERS = [
  ...LPC_PARAMETERS, ...APB_PARAMETERS, ...KCS_BLOCK_PARAMETERS, ...IBT_PARAMETERS, ...SERIRQ_PARAMETERS,
] as const satisfies readonly Parameter[];

export type Ast2500ParamName = (typeof AST2500_PARAMETERS)[number]['name'];

/** A value for each of {@link AST2500_PARAMETERS}. */
export type Ast2500Params = Readonly<Record<Ast2500ParamName, number>>;

/** The defaults with `overrides`, which must be integers within bounds. */
export function ast2500Params(overrides: Partial<Ast2500Params> = {}): Ast2500Params {
  const all = parameterValues<Ast2500ParamName>(AST2500_PARAMETERS, overrides);
  if (all.serirqStartClocks % 2 !== 0) throw new RangeError('serirqStartClocks is 4, 6 or 8');
  return all;
}

/** A value for each parameter of `list`: its default, or that of `overrides`, an integer within bounds. */
export function parameterValues<Name extends string>(
  list: readonly (Parameter & { readonly name: Name })[], overrides: Partial<Readonly<Record<Name, number>>>,
): Readonly<Record<Name, number>> {
  const params: Partial<Record<Name, number>> = {};
  for (const { name, default: nominal, min, max, unit } of list) {
    const value = overrides[name] ?? nominal;
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new RangeError(`${name}=${value} is not an integer from ${min} to ${max} (${unit})`);
    }
    params[name] = value;
  }
  return params as Record<Name, number>;
}
