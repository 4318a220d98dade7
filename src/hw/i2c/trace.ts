import { formatShort, type TraceBus } from '../../sim/index.ts';
import { hex } from '../lpc/registers.ts';

/**
 * What an I2C bus tells the trace; `c` is its number, the actor who drives the clock. Bytes are told at the
 * end of their ACK bit, conditions when SDA moves.
 *
 * | name | a | b |
 * |---|---|---|
 * | `i2c.start` | 1: repeated | – |
 * | `i2c.address` | the address byte, R/W in bit 0 | {@link ACKED} |
 * | `i2c.byte` | the byte | {@link ACKED}, {@link TO_CONTROLLER} |
 * | `i2c.stop` | 0; of a STOP that ends nothing: 1 | – |
 * | `i2c.stretch` | for how long targets keep SCL low, ps | the part of it that is still to come: until SCL is high, ps |
 * | `i2c.arbitration` | bit (0 the first, 8 ACK) at which the actor loses | what it would have sent |
 * | `i2c.timeout` | how long SCL has been low, ps | – |
 * | `i2c.vanish` | bits of the byte that were clocked | {@link STUCK}, the byte in bits 8-15 |
 * | `i2c.recover` | clocks until SDA was let go | – |
 */
export const I2C_EVENTS = {
  start: 'i2c.start',
  address: 'i2c.address',
  byte: 'i2c.byte',
  stop: 'i2c.stop',
  stretch: 'i2c.stretch',
  arbitration: 'i2c.arbitration',
  timeout: 'i2c.timeout',
  vanish: 'i2c.vanish',
  recover: 'i2c.recover',
} as const;
export type I2cEvent = keyof typeof I2C_EVENTS;

/** The receiver has ACKed. */
export const ACKED = 1;
/** The byte went from target to controller. */
export const TO_CONTROLLER = 2;

/** A target goes on to keep SDA low. */
export const STUCK = 1;

/** Codes of {@link I2C_EVENTS} in one system. */
export type I2cTraceCodes = Readonly<Record<I2cEvent, number>>;

/** Registers the events with the trace of a system. */
export function defineI2cTrace(trace: TraceBus): I2cTraceCodes {
  const lane = 'i2c';
  const section = 'I2C-bus specification UM10204 §3.1';
  const ack = (flags: number) => ((flags & ACKED) !== 0 ? 'ACK' : 'NAK');
  return {
    start: trace.define({
      name: I2C_EVENTS.start, lane, fields: ['repeated', 'none', 'bus'], section: `${section}.4`,
      text: (a, _b, c) => `I2C${c}: ${a === 0 ? 'START' : 'repeated START'}`,
    }),
    address: trace.define({
      name: I2C_EVENTS.address, lane, fields: ['byte', 'flags', 'bus'], section: `${section}.10`,
      text: (a, b, c) => `I2C${c}: address ${hex(a >> 1)} ${(a & 1) === 0 ? 'write' : 'read'} ${ack(b)}`,
    }),
    byte: trace.define({
      name: I2C_EVENTS.byte, lane, fields: ['byte', 'flags', 'bus'], section: `${section}.5`,
      text: (a, b, c) => `I2C${c}: ${(b & TO_CONTROLLER) === 0 ? 'writes' : 'reads'} ${hex(a)} ${ack(b)}`,
    }),
    stop: trace.define({
      name: I2C_EVENTS.stop, lane, fields: ['bare', 'none', 'bus'], section: `${section}.4`,
      text: (a, _b, c) => `I2C${c}: STOP${a === 0 ? '' : ' without START'}`,
    }),
    stretch: trace.define({
      name: I2C_EVENTS.stretch, lane, fields: ['ps', 'left', 'bus'], section: `${section}.9`,
      text: (a, _b, c) => `I2C${c}: SCL is stretched by ${formatShort(a)}`,
    }),
    arbitration: trace.define({
      name: I2C_EVENTS.arbitration, lane, fields: ['bit', 'byte', 'bus'], section: `${section}.8`,
      text: (a, b, c) => `I2C${c}: arbitration of ${hex(b)} is lost at bit ${a}`,
    }),
    timeout: trace.define({
      name: I2C_EVENTS.timeout, lane, fields: ['ps', 'none', 'bus'], section: 'SMBus 2.0 §3.1.1.3',
      text: (a, _b, c) => `I2C${c}: SCL low for ${formatShort(a)}: time-out`,
    }),
    vanish: trace.define({
      name: I2C_EVENTS.vanish, lane, fields: ['bits', 'flags', 'bus'], section,
      text: (a, b, c) => `I2C${c}: the controller vanishes after ${a} bits${(b & STUCK) === 0 ? '' : ', SDA stays low'}`,
    }),
    recover: trace.define({
      name: I2C_EVENTS.recover, lane, fields: ['clocks', 'none', 'bus'], section: `${section}.16`,
      text: (a, _b, c) => `I2C${c}: bus cleared with ${a} clocks`,
    }),
  };
}
