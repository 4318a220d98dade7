import { BT } from './bt/bt.ts';
import { BT_CLOSE_OPEN } from './bt/bt-close-open.ts';
import { KCS_READ_RESTART } from './kcs/kcs-read-restart.ts';
import { KCS } from './kcs/kcs.ts';
import { MCTP, RAW_KCS } from './raw/raw.ts';
import { ROUTER_I2C } from './router/router-i2c.ts';
import { ROUTER } from './router/router.ts';
import { SSIF_READ_REPORT } from './ssif/ssif-read-report.ts';
import { SSIF_RESPONSE_TIMER } from './ssif/ssif-response-timer.ts';
import { SSIF_STOP_START } from './ssif/ssif-stop-start.ts';
import { SSIF } from './ssif/ssif.ts';
import { UsageError, type Scenario } from './system.ts';

/** All named systems. */
export const SCENARIOS: readonly Scenario[] = [
  KCS, KCS_READ_RESTART, RAW_KCS, MCTP, BT, BT_CLOSE_OPEN, ROUTER, ROUTER_I2C, SSIF, SSIF_READ_REPORT, SSIF_STOP_START, SSIF_RESPONSE_TIMER,
];

/** The scenario of that name. */
export function scenario(name: string): Scenario {
  const found = SCENARIOS.find((s) => s.name === name);
  if (found === undefined) throw new UsageError(`unknown scenario "${name}": there are ${SCENARIOS.map((s) => s.name).join(', ')}`);
  return found;
}
