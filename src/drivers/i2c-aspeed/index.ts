import { AspeedI2c2022 } from './2022.ts';
import { AspeedI2c2023 } from './2023-12.ts';
import type { I2cAspeedVersion } from './driver.ts';
import { AspeedI2cFixed } from './fixed.ts';
import { AspeedI2cLateAck } from './late-ack.ts';
import { AspeedI2cNak } from './nak.ts';

export { Complaint } from './bus.ts';
export * from './driver.ts';
export * from './ic.ts';

/** Every version of the driver, in the order of the story. */
export const I2C_ASPEED_VERSIONS: readonly I2cAspeedVersion[] = [
  {
    version: '2022', model: 1, driver: AspeedI2c2022,
    text: 'one event a status word: a STOP that comes with the next START hides it, and a busy target ACKs all',
    source: 'drivers/i2c/busses/i2c-aspeed.c before Linux 6.1',
  },
  {
    version: 'nak', model: 1, driver: AspeedI2cNak,
    text: 'the same, but a busy target NAKs the first byte after its address',
    source: '[PATCH v10 3/3] i2c: aspeed: Assert NAK when slave is busy, 2022 (fd66bd74afe8)',
  },
  {
    version: '2023-12', model: 1, driver: AspeedI2c2023,
    text: 'what Linux has: the end of a transfer comes before the start of the next, and after a read twice',
    source: 'i2c: aspeed: Handle the coalesced stop conditions with the start conditions., 2023 (b4cc1cbba519)',
  },
  {
    version: 'late-ack', model: 1, driver: AspeedI2cLateAck,
    text: 'with TX_ACK acknowledged last: if a byte is sent meanwhile its own TX_ACK is lost',
    source: '[PATCH v4 2/2] i2c: aspeed: Acknowledge Tx done with and without ACK irq late, 2023, not merged',
  },
  {
    version: 'fixed', model: 1, driver: AspeedI2cFixed,
    text: '2023-12 with every fault mended that is known here',
    source: 'ours, on top of 2023-12',
  },
];
