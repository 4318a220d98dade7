import type { PortReg } from '../io.ts';

/** The data port, IPMI 2.0 §9.5: reads ODR, writes IDR with C/D=0. */
export const DATA: PortReg = 0;
/** The command/status port: reads STATUS, writes IDR with C/D=1. */
export const STATUS: PortReg = 1;
