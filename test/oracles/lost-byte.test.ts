import { describe, it } from 'vitest';
import { KcsBmcMainline } from '../../src/drivers/kcs-bmc/mainline.ts';
import { moveOf } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

/** The host's next byte comes between the two reads of IDR in one interrupt. */
const answers = { 'host move': [moveOf('stray WRITE_END and byte')], byte: 0x55 };
const BETWEEN = { answers, stalls: [{ actor: 'bmc:irq', at: 'force_abort: IDR3 read' }] };
/** The same moment in a driver that reads IDR once. */
const AFTER_THE_READ = { answers, stalls: [{ actor: 'bmc:irq', at: 'force_abort: STR3 write' }] };

describe('lost-byte', () => {
  it('reports the byte that a dummy read takes with it', () => {
    expectTrip({ driver: KcsBmcMainline, ...BETWEEN }, 'lost-byte', 'dummy-read',
      'the handler sampled STR once and read IDR twice: 55h, which the host wrote in between, is swallowed unseen');
  });

  it('says nothing of a driver that reads IDR once for each event', () => {
    expectFixedIsClean({});
    expectFixedIsClean(AFTER_THE_READ);
  });
});
