import { describe, expect, it } from 'vitest';
import { EBUSY, I2cSlaveEvent } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { DRIVERS, SsifRig } from './ssif-bmc-rig.ts';

const { READ_REQUESTED, WRITE_REQUESTED, READ_PROCESSED, WRITE_RECEIVED, STOP } = I2cSlaveEvent;

type State = 'READY' | 'START' | 'SMBUS_CMD' | 'REQ_RECVING' | 'RES_SENDING' | 'ABORTING';

/** What brings a driver that has just been probed into each state. */
const INTO: Readonly<Record<State, (rig: SsifRig) => Steps<unknown>>> = {
  *READY() {},
  START: (rig) => rig.send(),
  SMBUS_CMD: (rig) => rig.send(0x02),
  REQ_RECVING: (rig) => rig.send(0x02, 4),
  *RES_SENDING(rig) {
    yield* rig.send(0x03);
    yield* rig.fetch(READ_REQUESTED);
  },
  *ABORTING(rig) {
    yield* rig.send(0x55);
    yield* rig.play(WRITE_RECEIVED, 0);
  },
};

/** hardware.md section 7.3, event by state: the state after it. What asks for a byte gets 0, what does not returns 0. */
const ROWS: readonly (readonly [string, I2cSlaveEvent, number, State, State])[] = [
  ['WRITE_REQUESTED', WRITE_REQUESTED, 0x20, 'READY', 'START'],
  ['WRITE_REQUESTED', WRITE_REQUESTED, 0x20, 'SMBUS_CMD', 'START'],
  ['WRITE_REQUESTED', WRITE_REQUESTED, 0x20, 'START', 'ABORTING'],
  ['WRITE_REQUESTED', WRITE_REQUESTED, 0x20, 'REQ_RECVING', 'ABORTING'],
  ['WRITE_REQUESTED', WRITE_REQUESTED, 0x20, 'RES_SENDING', 'ABORTING'],
  ['WRITE_REQUESTED', WRITE_REQUESTED, 0x20, 'ABORTING', 'ABORTING'],
  ['WRITE_RECEIVED', WRITE_RECEIVED, 0x02, 'START', 'SMBUS_CMD'],
  ['WRITE_RECEIVED', WRITE_RECEIVED, 0x02, 'SMBUS_CMD', 'REQ_RECVING'],
  ['WRITE_RECEIVED', WRITE_RECEIVED, 0x02, 'REQ_RECVING', 'REQ_RECVING'],
  ['WRITE_RECEIVED', WRITE_RECEIVED, 0x02, 'READY', 'ABORTING'],
  ['WRITE_RECEIVED', WRITE_RECEIVED, 0x02, 'RES_SENDING', 'ABORTING'],
  ['WRITE_RECEIVED', WRITE_RECEIVED, 0x55, 'ABORTING', 'ABORTING'],
  ['READ_REQUESTED', READ_REQUESTED, 0xee, 'READY', 'ABORTING'],
  ['READ_REQUESTED', READ_REQUESTED, 0xee, 'START', 'ABORTING'],
  ['READ_REQUESTED', READ_REQUESTED, 0xee, 'REQ_RECVING', 'ABORTING'],
  ['READ_REQUESTED', READ_REQUESTED, 0xee, 'RES_SENDING', 'ABORTING'],
  ['READ_REQUESTED of a write command', READ_REQUESTED, 0xee, 'SMBUS_CMD', 'ABORTING'],
  ['READ_REQUESTED', READ_REQUESTED, 0xee, 'ABORTING', 'ABORTING'],
  ['READ_PROCESSED', READ_PROCESSED, 0xee, 'RES_SENDING', 'RES_SENDING'],
  ['READ_PROCESSED', READ_PROCESSED, 0xee, 'READY', 'ABORTING'],
  ['READ_PROCESSED', READ_PROCESSED, 0xee, 'START', 'ABORTING'],
  ['READ_PROCESSED', READ_PROCESSED, 0xee, 'REQ_RECVING', 'ABORTING'],
  ['READ_PROCESSED', READ_PROCESSED, 0xee, 'SMBUS_CMD', 'ABORTING'],
  ['READ_PROCESSED', READ_PROCESSED, 0xee, 'ABORTING', 'ABORTING'],
  ['STOP', STOP, 0, 'READY', 'READY'],
  ['STOP', STOP, 0, 'START', 'READY'],
  ['STOP', STOP, 0, 'SMBUS_CMD', 'READY'],
  ['STOP', STOP, 0, 'ABORTING', 'READY'],
  ['STOP', STOP, 0, 'RES_SENDING', 'READY'],
  ['STOP in the middle of a request', STOP, 0, 'REQ_RECVING', 'REQ_RECVING'],
];

/** Where `fixed` differs: a START ends whatever was under way, and a STOP leads to READY. */
const FIXED: Readonly<Record<string, State>> = {
  'WRITE_REQUESTED START': 'START',
  'WRITE_REQUESTED REQ_RECVING': 'START',
  'WRITE_REQUESTED RES_SENDING': 'START',
  'WRITE_REQUESTED ABORTING': 'START',
  'STOP in the middle of a request REQ_RECVING': 'READY',
};

/** The state after `event`, and the value that it has left. */
function after(version: string, from: State, event: I2cSlaveEvent, value: number): readonly [string, number] {
  const rig = new SsifRig(DRIVERS[version]);
  let byte = -1;
  let entered = '';
  expect(rig.run({
    *host() {
      yield* INTO[from](rig);
      entered = rig.driver.stateName;
      byte = event === READ_REQUESTED || event === READ_PROCESSED ? yield* rig.fetch(event) : yield* rig.play(event, value);
    },
  })).toBe('done');
  expect(entered).toBe(`SSIF_${from}`);
  expect(rig.violations).toEqual([]);
  return [rig.driver.stateName, byte];
}

describe.each(['v10', 'mainline', '2026-04', 'fixed'])('states of ssif-bmc@%s (hardware.md 7.3)', (version) => {
  it.each(ROWS)('%s (%i, %i) in %s: %s', (name, event, value, from, to) => {
    const wanted = version === 'fixed' ? FIXED[`${name} ${from}`] ?? to : to;
    expect(after(version, from, event, value)).toEqual([`SSIF_${wanted}`, 0]);
  });

  it('a read command with nothing to send leads to RES_SENDING and a count of 0', () => {
    expect(after(version, 'SMBUS_CMD', READ_REQUESTED, 0)).toEqual(['SSIF_ABORTING', 0]);
    const rig = new SsifRig(DRIVERS[version]);
    const bytes: unknown[] = [];
    rig.run({
      *host() {
        for (const command of [0x03, 0x09]) {
          bytes.push(yield* rig.block(command));
          bytes.push(rig.driver.stateName);
        }
      },
    });
    expect(bytes).toEqual([[], 'SSIF_READY', [], 'SSIF_READY']);
  });

  it('every event returns -EBUSY from the end of a request until its response', () => {
    const rig = new SsifRig(DRIVERS[version]);
    rig.naks = false;
    const returns: number[] = [];
    rig.run({
      threads: [() => rig.serve(1, () => [0x1c, 0x01, 0x00])],
      *host() {
        yield* rig.send(0x02, 2, 0x18, 0x01);
        returns.push(yield* rig.stop(), yield* rig.play(WRITE_REQUESTED, 0x20), yield* rig.play(WRITE_RECEIVED, 0x03));
        returns.push(yield* rig.play(STOP));
        yield* rig.pause(5_000_000_000);
        returns.push(yield* rig.play(WRITE_REQUESTED, 0x20), yield* rig.play(STOP));
      },
    });
    expect(returns).toEqual([-EBUSY, -EBUSY, -EBUSY, -EBUSY, 0, 0]);
  });
});

describe('ssif-bmc@2026-04', () => {
  it.each([0x02, 0x06])('takes %i in ABORTING for a command', (command) => {
    expect(after('2026-04', 'ABORTING', WRITE_RECEIVED, command)[0]).toBe('SSIF_SMBUS_CMD');
    expect(after('mainline', 'ABORTING', WRITE_RECEIVED, command)[0]).toBe('SSIF_ABORTING');
    expect(after('fixed', 'ABORTING', WRITE_RECEIVED, command)[0]).toBe('SSIF_ABORTING');
  });

  it('takes even the data of an aborted transfer for a request that nobody has sent', () => {
    const phantoms = (version: string): boolean => {
      const rig = new SsifRig(DRIVERS[version]);
      // A part with an unknown command, whose data look like a request: 02 02 18 01.
      rig.run({ host: () => rig.raw(0x0b, 4, 0x02, 0x02, 0x18, 0x01) });
      return rig.driver.requesting;
    };
    expect(['v10', 'mainline', '2026-04', 'fixed'].map(phantoms)).toEqual([false, false, true, false]);
  });
});
