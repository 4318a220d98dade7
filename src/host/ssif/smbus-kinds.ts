import { EAGAIN, EBADMSG, EINVAL, EIO, ENXIO, EOPNOTSUPP, EPROTO, EREMOTEIO, ETIMEDOUT } from '../../linux/errno.ts';
import { MS, US, type Ps } from '../../sim/time.ts';

/** What the driver of an SMBus controller makes of the ends that a transaction can have. Numbers are -errno. */
export interface SmbusKind {
  readonly name: string;
  /** Whether I2C_CLIENT_PEC has any effect. */
  readonly pec: boolean;
  /** A byte was NAKed. */
  readonly nak: number;
  /** Arbitration was lost. */
  readonly arbitration: number;
  /** Times that the I2C core tries again if {@link arbitration} is -EAGAIN, and for how long it goes on to do so, ps. */
  readonly retries: number;
  readonly timeout: Ps;
  /** SCL was low for longer than tTIMEOUT: 25 to 35 ms, SMBus 2.0 §3.1.1.3. */
  readonly clockLow: number;
  /** The received PEC is wrong. */
  readonly badPec: number;
  /**
   * A block read with a count of 0 or of more than 32: -errno, or the count for which it is taken. Then as many bytes are
   * read as if the target had said so, and the caller gets them as a success.
   */
  readonly badCount: number;
  /** A quick command, refused without a transaction; 0: made. */
  readonly noQuick: number;
  /** A block write of 0 bytes, refused without a transaction; 0: made. */
  readonly noData: number;
  /** From STOP until the caller goes on, for the hardware's parameter `smbusDone`, ps. */
  readonly done: Ps;
}

/** The adapters on which ipmi_ssif is modelled. */
export const SMBUS_KINDS = {
  /**
   * drivers/i2c/busses/i2c-i801.c, with the features of the ICH5 and later: the controller appends and checks PEC
   * itself (SMBAUXCTL_CRC), keeps the block in a buffer (so a bad count is seen when the transaction is over), and
   * interrupts. DEV_ERR stands for a NAK and for a clock that is low too long.
   */
  i801: {
    name: 'i801', pec: true, nak: -ENXIO, arbitration: -EAGAIN, retries: 3, timeout: 200 * MS, clockLow: -ENXIO, badPec: -EBADMSG,
    badCount: -EPROTO, noQuick: 0, noData: -EPROTO, done: 20 * US,
  },
  /**
   * drivers/i2c/busses/i2c-piix4.c: no PEC, whatever the flag says, neither sent nor checked; it asks the controller
   * every 250 to 500 us whether it has finished.
   */
  piix4: {
    name: 'piix4', pec: false, nak: -ENXIO, arbitration: -EIO, retries: 0, timeout: 0, clockLow: -ENXIO, badPec: -EBADMSG,
    badCount: -EPROTO, noQuick: 0, noData: -EINVAL, done: 250 * US,
  },
  /**
   * A plain I2C controller with i2c_smbus_xfer_emulated() (drivers/i2c/i2c-core-smbus.c): the core computes and
   * checks PEC, and writes empty blocks. The other numbers are those that Documentation/i2c/fault-codes.rst wants;
   * drivers differ.
   */
  i2c: {
    name: 'i2c', pec: true, nak: -ENXIO, arbitration: -EAGAIN, retries: 3, timeout: 1000 * MS, clockLow: -ETIMEDOUT, badPec: -EBADMSG,
    badCount: -EPROTO, noQuick: 0, noData: 0, done: 20 * US,
  },
  /**
   * drivers/i2c/busses/i2c-designware-master.c below the same emulation, as in front of the BMC of Ampere's servers. A bad
   * count is taken for 1 (i2c_dw_read() since 69f035c480d7 and 49d4db3953cb): the controller sends STOP only with a byte, so
   * one more is clocked, and the caller is handed that byte. With PEC the core computes it over a count of 1, and finds it
   * wrong. A message of no bytes is refused (I2C_AQ_NO_ZERO_LEN), and so a quick command. The driver bears a clock that
   * is low for adap->timeout, 1 s; here the bus ends that after the time-out of SMBus, and the error is the same.
   */
  designware: {
    name: 'designware', pec: true, nak: -EREMOTEIO, arbitration: -EAGAIN, retries: 3, timeout: 1000 * MS, clockLow: -ETIMEDOUT, badPec: -EBADMSG,
    badCount: 1, noQuick: -EOPNOTSUPP, noData: 0, done: 20 * US,
  },
} as const satisfies Readonly<Record<string, SmbusKind>>;
export type SmbusKindName = keyof typeof SMBUS_KINDS;
