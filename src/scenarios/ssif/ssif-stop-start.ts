import { presetOf } from '../preset.ts';
import { SSIF } from './ssif.ts';

/**
 * STOP and the next START in one status word: one request in two parts, which ipmi_ssif writes with nothing but tBUF
 * between, and one thread that answers it. The handler of the bus driver has to be held once, for as long as handlers may be
 * late: that loses the START with i2c-aspeed@2022, and nothing with 2023-12.
 */
export const SSIF_STOP_START = presetOf(SSIF, {
  name: 'ssif-stop-start',
  text: 'one request in two parts at 400 kHz, one daemon thread: STOP and START come to the handler in one status word if it is late',
  model: 1,
  defaultDriver: 'ssif-bmc@fixed,i2c-aspeed@2022',
  conditions: [
    { name: 'smbusKhz', value: 400, why: 'STOP and the address of the next transaction are 36 us apart, less than an interrupt may take' },
    { name: 'length', value: 33, why: 'the shortest request of two parts (06h, 08h)' },
    { name: 'requests', value: 1, why: 'what the host tries after it is the recovery' },
  ],
  answers: {},
});
