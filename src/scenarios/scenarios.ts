import { BT } from './bt/bt.ts';
import { KCS } from './kcs/kcs.ts';
import { ROUTER_I2C } from './router/router-i2c.ts';
import { ROUTER } from './router/router.ts';
import { SSIF_READ_REPORT } from './ssif/ssif-read-report.ts';
import { SSIF } from './ssif/ssif.ts';
import { UsageError, type Scenario } from './system.ts';

/** All named systems. */
export const SCENARIOS: readonly Scenario[] = [KCS, BT, SSIF, SSIF_READ_REPORT, ROUTER, ROUTER_I2C];

/** The scenario of that name. */
export function scenario(name: string): Scenario {
  const found = SCENARIOS.find((s) => s.name === name);
  if (found === undefined) throw new UsageError(`unknown scenario "${name}": there are ${SCENARIOS.map((s) => s.name).join(', ')}`);
  return found;
}
