import { US } from '../../sim/index.ts';
import { presetOf } from '../preset.ts';
import { SSIF } from './ssif.ts';

/**
 * What Graeme Gregory reported of ssif_bmc v10 in October 2022. Linux's ipmi_ssif, a bus of 400 kHz and a BMC whose
 * interrupts take 40 us suffice: no schedule is needed.
 */
export const SSIF_READ_REPORT = presetOf(SSIF, {
  name: 'ssif-read-report',
  text: 'the report on ssif_bmc v10: writes work, a read of a response breaks it for good; SSIF at 400 kHz with a busy BMC, no schedule needed',
  model: 1,
  defaultDriver: 'ssif-bmc@v10,i2c-aspeed@2022',
  report: {
    text: 'It works as long as I only ever send SSIF commands, any attempt to read a response crashes the state machine and the driver never recovers.',
    source: 'Re: [PATCH v10 1/3] ipmi: ssif_bmc: Add SSIF BMC driver, linux-arm-kernel, October 2022',
  },
  conditions: [
    {
      name: 'smbusKhz', value: 400,
      why: 'at 400 kHz STOP and the address of the next transaction are 36 us apart (5 + 8 us of the host, START, 9 bits), at 100 kHz 111 us: more than any interrupt takes',
    },
    {
      name: 'irqLatency', value: 40 * US, shown: '40 us',
      why: 'a BMC that is busy: within its bounds (2 to 50 us), and longer than those 36 us, so the handler finds both in one status word',
    },
    {
      name: 'length', value: 32,
      why: 'the longest request of one part; its response of 33 bytes takes two reads (03h, 09h), between which ipmi_ssif does not wait',
    },
    { name: 'requests', value: 1, why: 'what the host tries after it is the recovery' },
  ],
});
