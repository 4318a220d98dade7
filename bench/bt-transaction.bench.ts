import { BT } from '../src/scenarios/index.ts';
import { BtChecksum } from './bt-checksum.ts';
import { DirectBt } from './direct-bt.ts';
import { benchTransaction } from './transaction.ts';

benchTransaction({
  bench: 'bt-transaction',
  scenario: BT,
  driver: 'bt-bmc@mainline',
  settings: { hostMode: 'poll', command: 'get-device-id', threads: 1, preempt: 'none', cpus: 1 },
  text: 'BT Get Device ID, polled host',
  Direct: DirectBt,
  Checksum: BtChecksum,
});
