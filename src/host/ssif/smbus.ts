import type { Steps } from '../../sim/index.ts';

/** Linux's name for it. */
export { SMBUS_BLOCK_MAX as I2C_SMBUS_BLOCK_MAX } from '../../smbus/index.ts';

/**
 * The SMBus transactions that ipmi_ssif makes, as its adapter driver offers them: each is one transaction of
 * the host's SMBus controller, which no software interrupts in the middle.
 *
 * All return -errno on failure: -ENXIO for a NAK (as i801 has it), -EAGAIN for lost arbitration, -ETIMEDOUT,
 * -EBADMSG for a wrong PEC, -EPROTO for a count of 0 or of more than 32.
 */
export interface SmbusAdapter {
  /** Whether PEC is sent and checked: I2C_CLIENT_PEC. */
  pec: boolean;
  /** i2c_smbus_write_quick(): the address alone. 0 or -errno. */
  quickWrite(): Steps<number>;
  /** i2c_smbus_write_block_data(): `length` bytes of `data`, 0 to 32. 0 or -errno. */
  blockWrite(command: number, data: Uint8Array, length: number): Steps<number>;
  /** i2c_smbus_read_block_data(): into `data`. The count, 1 to 32, or -errno. */
  blockRead(command: number, data: Uint8Array): Steps<number>;
}
