import { parameterValues, type Parameter } from '../ast2500-params.ts';

/**
 * Every number of the I2C hardware that can be set: the controller of the AST2500, and the SMBus
 * controller of the host (an i801 or piix4). A list of its own: systems without I2C leave it out.
 */
export const I2C_PARAMETERS = [
  {
    name: 'i2cApbClock', default: 40_404, min: 40_000, max: 80_808, unit: 'ps', source: 'B',
    text: 'clock of the APB, 24.75 MHz, of which AC_TIMING1 makes the bus clock (clk-aspeed.c)',
  },
  {
    name: 'i2cSclRelease', default: 1_000_000, min: 100_000, max: 5_000_000, unit: 'ps', source: 'C',
    text: 'from the acknowledgement of RX_DONE, or S_TX, until SCL is let go',
  },
  {
    name: 'i2cMatchInterrupts', default: 0, min: 0, max: 1, unit: 'flag', source: 'B',
    text: 'SLAVE_MATCH interrupts: 0 if enabled in INTR_CTRL as any other bit, 1 always (as by QEMU)',
  },
  {
    name: 'i2cRxDoneOnNak', default: 1, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'a byte that the target has NAKed still sets RX_DONE (as by QEMU); unverified on silicon',
  },
  {
    name: 'i2cStretchTx', default: 1, min: 0, max: 1, unit: 'flag', source: 'B',
    text: 'read direction: SCL is held until S_TX; 0: the byte in BYTE_BUF is sent as it is (i2c-aspeed.c needs 1)',
  },
  {
    name: 'i2cCommandSticks', default: 0, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'S_TX or RX_CMD_LAST that the target has not used: 0 void at the next START or STOP, 1 kept for the next byte',
  },
  {
    name: 'i2cAddressPending', default: 0, min: 0, max: 30, unit: 'choice', source: 'B',
    text: 'bit of INTR_STS that shows an address byte not yet taken: 29 or 30 (newer and older QEMU), 0 none',
  },
  {
    name: 'i2cMidByte', default: 2, min: 0, max: 2, unit: 'choice', source: 'C',
    text: 'START or STOP in mid-byte, as target: 0 NORMAL_STOP for a STOP, 1 ABNORMAL, 2 ABNORMAL and NORMAL_STOP',
  },
  {
    name: 'smbusKhz', default: 100, min: 10, max: 400, unit: 'choice', source: 'A',
    text: 'speed of the host\'s SMBus controller, kHz: 100, 400 (I2C bus specification, SMBus 2.0 §3.1.1)',
  },
  {
    name: 'smbusSetup', default: 8_000_000, min: 0, max: 1_000_000_000, unit: 'ps', source: 'C',
    text: 'the host programs its SMBus controller: about eight port writes of 1 us',
  },
  {
    name: 'smbusDone', default: 5_000_000, min: 0, max: 10_000_000_000, unit: 'ps', source: 'C',
    text: 'from STOP until the host\'s software goes on: an interrupt; 250 us and more where it polls',
  },
  {
    name: 'smbusByteGap', default: 0, min: 0, max: 10_000_000_000, unit: 'ps', source: 'A',
    text: 'how much longer the host keeps SCL low between two bytes; at most tLOW:MEXT (SMBus 2.0 §3.1.1)',
  },
  {
    name: 'smbusTimeout', default: 30_000_000_000, min: 25_000_000_000, max: 35_000_000_000, unit: 'ps', source: 'A',
    text: 'SCL low for so long ends the transaction of the host: tTIMEOUT (SMBus 2.0 §3.1.1)',
  },
  {
    name: 'smbusTimeoutStop', default: 1, min: 0, max: 1, unit: 'flag', source: 'C',
    text: 'after tTIMEOUT the host sends a STOP as soon as SCL is let go (SMBus 2.0 §3.1.1.3); 0: it sends none',
  },
  {
    name: 'smbusBadCount', default: 0, min: 0, max: 1, unit: 'choice', source: 'C',
    text: 'block read with a count of 0 or over 32: 0 the host NAKs the count, 1 it ACKs it and takes one byte more',
  },
] as const satisfies readonly Parameter[];

export type I2cParamName = (typeof I2C_PARAMETERS)[number]['name'];

/** A value for each of {@link I2C_PARAMETERS}. */
export type I2cParams = Readonly<Record<I2cParamName, number>>;

/** The defaults with `overrides`, which must be integers within bounds. */
export function i2cParams(overrides: Partial<I2cParams> = {}): I2cParams {
  const all = parameterValues<I2cParamName>(I2C_PARAMETERS, overrides);
  if (![0, 29, 30].includes(all.i2cAddressPending)) throw new RangeError('i2cAddressPending is 0, 29 or 30');
  return all;
}
