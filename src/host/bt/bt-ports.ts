import type { PortReg } from '../io.ts';

/** BT_CTRL, IPMI 2.0 §11.6.4. */
export const BT_CTRL: PortReg = 0;
/** The buffers: reads BMC2HOST, writes HOST2BMC (§11.6). */
export const BT_BUFFER: PortReg = 1;
/** BT_INTMASK, §11.6. */
export const BT_INTMASK: PortReg = 2;
