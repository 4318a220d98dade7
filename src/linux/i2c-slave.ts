import type { Steps } from '../sim/index.ts';

/** enum i2c_slave_event of include/linux/i2c.h. */
export const I2cSlaveEvent = {
  /** The controller wants to read: `value` is to be the first byte. */
  READ_REQUESTED: 0,
  /** The controller wants to write. */
  WRITE_REQUESTED: 1,
  /** The previous byte was shifted out: `value` is to be the next, which may never be sent. */
  READ_PROCESSED: 2,
  /** `value` is the byte that came. */
  WRITE_RECEIVED: 3,
  STOP: 4,
} as const;
export type I2cSlaveEvent = (typeof I2cSlaveEvent)[keyof typeof I2cSlaveEvent];

/** The `u8 *val` of i2c_slave_event(): goes in or comes out, by the event. */
export interface I2cSlaveValue {
  value: number;
}

/** i2c_slave_cb_t: what a target backend does with an event, in the bus driver's interrupt handler. */
export interface I2cSlaveBackend {
  /** Returns 0, or -errno: the bus driver decides what that means on the wire. */
  slaveEvent(event: I2cSlaveEvent, val: I2cSlaveValue): Steps<number>;
}

/** What a bus driver offers to backends: struct i2c_algorithm's reg_slave and unreg_slave. */
export interface I2cSlaveBus {
  /** i2c_slave_register(): 0 or -errno (-EINVAL of i2c-aspeed.c: there is one already). */
  regSlave(address: number, backend: I2cSlaveBackend): Steps<number>;
  unregSlave(): Steps<number>;
}
