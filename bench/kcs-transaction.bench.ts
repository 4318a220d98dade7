import { KCS } from '../src/scenarios/index.ts';
import { DirectKcs } from './direct-kcs.ts';
import { KcsChecksum } from './kcs-checksum.ts';
import { benchTransaction } from './transaction.ts';

benchTransaction({
  bench: 'kcs-transaction',
  scenario: KCS,
  driver: 'kcs-bmc@mainline',
  settings: { hostMode: 'poll', command: 'get-device-id', threads: 1, preempt: 'none', cpus: 1 },
  text: 'KCS Get Device ID, polled host',
  Direct: DirectKcs,
  Checksum: KcsChecksum,
});
