import type { KcsChannelNumber } from '../../drivers/kcs-bmc/index.ts';

/** The host's default data address of a KCS interface (IPMI 9.4), by channel, and how far behind it the other port is. */
export const IO_BASE: Readonly<Record<KcsChannelNumber, readonly [number, number]>> = {
  1: [0xca0, 4], 2: [0xca8, 4], 3: [0xca2, 1], 4: [0xca4, 1],
};
