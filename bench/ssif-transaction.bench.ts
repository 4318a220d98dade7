import { I2C_EVENTS } from '../src/hw/index.ts';
import { SSIF } from '../src/scenarios/index.ts';
import { DirectSsif } from './direct-ssif.ts';
import { SsifChecksum } from './ssif-checksum.ts';
import { benchTransaction } from './transaction.ts';

benchTransaction({
  bench: 'ssif-transaction',
  scenario: SSIF,
  driver: 'ssif-bmc@mainline,i2c-aspeed@2023-12',
  settings: { hostMode: 'i801', command: 'get-device-id', threads: 1, preempt: 'none', cpus: 1, pec: 0 },
  text: 'SSIF Get Device ID, one part each way at 100 kHz, no PEC',
  Direct: DirectSsif,
  Checksum: SsifChecksum,
  wire: { unit: 'I2C bytes', events: [I2C_EVENTS.address, I2C_EVENTS.byte] },
});
