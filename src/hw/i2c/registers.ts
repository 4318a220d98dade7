/** Registers of one I2C bus of the AST2500, offsets from its base (AST2500 datasheet §38; i2c-aspeed.c). */
export const I2C = {
  FUN_CTRL: 0x00,
  AC_TIMING1: 0x04,
  AC_TIMING2: 0x08,
  INTR_CTRL: 0x0c,
  INTR_STS: 0x10,
  /** Commands when written, commands under way and the state of the bus when read. */
  CMD: 0x14,
  DEV_ADDR: 0x18,
  POOL_CTRL: 0x1c,
  /** [15:8] the byte received, [7:0] the byte to transmit. */
  BYTE_BUF: 0x20,
} as const;
export type I2cRegister = keyof typeof I2C;

/** I2CG00, which all buses share: bit n is the interrupt of bus n. */
export const I2CG00 = 0x1e78_a000;

/** FUN_CTRL. */
export const FUN_CTRL = {
  MASTER_EN: 1 << 0,
  SLAVE_EN: 1 << 1,
  HIGH_SPEED: 1 << 6,
  M_SDA_DRIVE_1T: 1 << 7,
  SDA_DRIVE_1T: 1 << 8,
  MSB_STS: 1 << 9,
  SCL_DRIVE: 1 << 14,
  MULTI_MASTER_DIS: 1 << 15,
} as const;

/** INTR_CTRL and INTR_STS, which is written 1 to clear. */
export const INTR = {
  TX_ACK: 1 << 0,
  TX_NAK: 1 << 1,
  RX_DONE: 1 << 2,
  ARBIT_LOSS: 1 << 3,
  NORMAL_STOP: 1 << 4,
  ABNORMAL: 1 << 5,
  SCL_TIMEOUT: 1 << 6,
  SLAVE_MATCH: 1 << 7,
  GCALL_MATCH: 1 << 8,
  SMBUS_ALERT: 1 << 12,
  BUS_RECOVER_DONE: 1 << 13,
  SDA_DL_TIMEOUT: 1 << 14,
} as const;

/** CMD. */
export const CMD = {
  M_START: 1 << 0,
  M_TX: 1 << 1,
  S_TX: 1 << 2,
  M_RX: 1 << 3,
  /** The next byte received is NAKed, as controller and as target. */
  M_S_RX_CMD_LAST: 1 << 4,
  M_STOP: 1 << 5,
  BUS_RECOVER: 1 << 11,
  BUS_BUSY: 1 << 16,
  SDA_LEVEL: 1 << 17,
  SCL_LEVEL: 1 << 18,
} as const;

/** CMD [22:19]: the state of the bus. */
export const I2cState = {
  IDLE: 0x0,
  SWAIT: 0x1,
  RECOVER: 0x3,
  SRXD: 0x4,
  STXACK: 0x5,
  STXD: 0x6,
  SRXACK: 0x7,
  MACTIVE: 0x8,
  MSTART: 0x9,
  MSTARTR: 0xa,
  MSTOP: 0xb,
  MTXD: 0xc,
  MRXACK: 0xd,
  MRXD: 0xe,
  MTXACK: 0xf,
} as const;
export type I2cState = (typeof I2cState)[keyof typeof I2cState];
