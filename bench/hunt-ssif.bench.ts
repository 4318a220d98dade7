import { SSIF } from '../src/scenarios/index.ts';
import { benchHunt, searches } from './hunt.ts';

benchHunt({ bench: 'hunt-ssif', ...searches(SSIF, 'ssif-bmc@fixed,i2c-aspeed@fixed', 'i801'), sample: 2_000 });
