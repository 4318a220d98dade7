import { KCS } from '../src/scenarios/index.ts';
import { benchHunt, searches } from './hunt.ts';

benchHunt({ bench: 'hunt-kcs', ...searches(KCS, 'kcs-bmc@fixed', 'poll'), sample: 5_000 });
