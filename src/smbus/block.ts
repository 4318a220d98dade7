/** Most data bytes of a block write or block read (SMBus 2.0 §5.5.7). */
export const SMBUS_BLOCK_MAX = 32;
