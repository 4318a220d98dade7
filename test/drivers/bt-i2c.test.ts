import { describe, expect, it } from 'vitest';
import { BtI2cFixed } from '../../src/drivers/ipmi-router/bt-i2c-fixed.ts';
import { BtI2cRfcV1 } from '../../src/drivers/ipmi-router/bt-i2c.ts';
import type { BtI2cClass } from '../../src/drivers/ipmi-router/index.ts';
import { I2cSlaveEvent, type I2cSlaveBackend, type I2cSlaveBus } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { ECHO, RouterBed } from './ipmi-router-rig.ts';

/** An echo with two bytes of data, as it is written on the bus: length, NetFn/LUN, sequence number, command, data. */
const REQUEST = [5, 0xc0, 7, ECHO, 0xaa, 0xbb];
const RESPONSE = [4, 0xc4, 7, ECHO, 0];

/** The target driver with a device that answers in its handler, and a bus driver in the test's hands. */
class I2cBed extends RouterBed implements I2cSlaveBus {
  readonly got: number[] = [];
  readonly log: string[] = [];
  private backend: I2cSlaveBackend | null = null;

  constructor(driverClass: BtI2cClass, router = 'fixed') {
    super(router);
    const driver = new driverClass(this.bmc, this, 0x41);
    this.atBoot(() => driver.probe());
    const echo = this.answering('echo', ECHO, this.log);
    this.atBoot(() => this.bmc.registerDevice(echo));
  }

  *regSlave(_address: number, backend: I2cSlaveBackend): Steps<number> {
    this.backend = backend;
    return 0;
  }

  *unregSlave(): Steps<number> {
    this.backend = null;
    return 0;
  }

  /** Documentation/i2c/slave-interface.rst: the events of a write. */
  *write(bytes: readonly number[], stop = true): Steps {
    yield* this.event(I2cSlaveEvent.WRITE_REQUESTED);
    for (const byte of bytes) yield* this.event(I2cSlaveEvent.WRITE_RECEIVED, byte);
    if (stop) yield* this.event(I2cSlaveEvent.STOP);
  }

  /** Those of a read of `count` bytes: the last is NAKed, and STOP follows without READ_PROCESSED. */
  *read(count: number, stop = true): Steps {
    this.got.push(yield* this.event(I2cSlaveEvent.READ_REQUESTED));
    for (let i = 1; i < count; i++) this.got.push(yield* this.event(I2cSlaveEvent.READ_PROCESSED));
    if (stop) yield* this.event(I2cSlaveEvent.STOP);
  }

  private *event(event: I2cSlaveEvent, value = 0): Steps<number> {
    const val = { value };
    yield* this.backend!.slaveEvent(event, val);
    return val.value;
  }

  host(body: () => Steps): this {
    this.kernelThread('bus', body);
    this.run();
    return this;
  }
}

/** "[RFC v1 3/4] ipmi_bmc: bt-i2c: port driver to IPMI BMC framework", and the contract of the target events. */
describe('bt-i2c@fixed', () => {
  it('hands a request to the router with its last byte, and the response to the host', () => {
    const bed = new I2cBed(BtI2cFixed);
    bed.host(function* () {
      yield* bed.write(REQUEST);
      yield* bed.read(1);
      yield* bed.read(RESPONSE.length);
      yield* bed.read(1);
    });
    expect(bed.log).toEqual(['echo 7']);
    expect(bed.got).toEqual([4, ...RESPONSE, 0]);
    expect(bed.breaches).toEqual([]);
  });

  it('reads 0 as long as there is no response', () => {
    const bed = new I2cBed(BtI2cFixed);
    bed.host(() => bed.read(4));
    expect(bed.got).toEqual([0, 0, 0, 0]);
  });

  it('keeps the response until its last byte was taken: a read may be broken off, and begin anew', () => {
    const bed = new I2cBed(BtI2cFixed);
    bed.host(function* () {
      yield* bed.write(REQUEST);
      yield* bed.read(RESPONSE.length - 1); // the last byte is loaded, and not sent
      yield* bed.read(RESPONSE.length);
      yield* bed.read(1);
    });
    expect(bed.got).toEqual([...RESPONSE.slice(0, -1), ...RESPONSE, 0]);
  });

  it('takes what comes next for the STOP that was lost', () => {
    const bed = new I2cBed(BtI2cFixed);
    bed.host(function* () {
      yield* bed.write(REQUEST, false);
      yield* bed.read(RESPONSE.length, false);
      yield* bed.write(REQUEST, false);
      yield* bed.read(RESPONSE.length, false);
    });
    expect(bed.log).toEqual(['echo 7', 'echo 7']);
    expect(bed.got).toEqual([...RESPONSE, ...RESPONSE]);
  });

  it('drops what is too short to be a request, and what is broken off', () => {
    const bed = new I2cBed(BtI2cFixed);
    bed.host(function* () {
      yield* bed.write([0]);
      yield* bed.write([2, 0xc0, 7]);
      yield* bed.write(REQUEST.slice(0, -1));
    });
    expect(bed.log).toEqual([]);
  });

  it('hands a request on once, whatever is written behind it', () => {
    const bed = new I2cBed(BtI2cFixed);
    bed.host(() => bed.write([...REQUEST, 1, 2, 3]));
    expect(bed.log).toEqual(['echo 7']);
  });

  it('takes no response while one waits, and tells when it is gone', () => {
    const bed = new I2cBed(BtI2cFixed);
    bed.host(function* () {
      yield* bed.write(REQUEST);
      const msg = bed.message({ netfnLun: 0xc4, seq: 9, cmd: ECHO, payload: [0] });
      bed.got.push(yield* bed.bmc.isResponseOpen(), yield* bed.bus.sendResponse!(msg));
      yield* bed.read(RESPONSE.length);
      bed.got.push(yield* bed.bmc.isResponseOpen());
    });
    expect(bed.got.filter((_value, i) => i === 0 || i === bed.got.length - 1)).toEqual([0, 1]);
  });
});

describe('bt-i2c@rfc-v1', () => {
  it('calls the router with its lock held: a handler that answers takes it again', () => {
    const bed = new I2cBed(BtI2cRfcV1, 'rfc-v1');
    bed.host(() => bed.write(REQUEST));
    expect(bed.breaches).toContain('deadlock recursive-lock bus : bt_slave->lock');
  });

  it('hands a request on again with each byte behind it', () => {
    const bed = new I2cBed(BtI2cRfcV1, 'rfc-v1');
    bed.sim.selected = new Set(['sleep-in-atomic']); // the lock is another matter
    bed.host(() => bed.write([...REQUEST, 1, 2]));
    expect(bed.log).toEqual(['echo 7', 'echo 7', 'echo 7']);
  });
});
