import { I2C_ASPEED_VERSIONS, type I2cAspeedVersion } from '../../drivers/i2c-aspeed/index.ts';
import { BT_I2C_VERSIONS, type BtI2cVersion } from '../../drivers/ipmi-router/index.ts';
import { BT_DAEMONS } from '../bt/btd-system.ts';
import { driverScenario, type SystemDriver } from '../driver-scenario.ts';
import type { Scenario } from '../system.ts';
import { ROUTER_I2C_PARAMETERS } from './router-i2c-parameters.ts';
import { ROUTER_I2C_ORACLES, RouterI2cSystem } from './router-i2c-system.ts';
import { IPMI_ROUTER } from './router-modules.ts';

const BT_I2C: SystemDriver<BtI2cVersion> = { id: 'bt-i2c', versions: BT_I2C_VERSIONS, first: 'fixed' };
const I2C_ASPEED: SystemDriver<I2cAspeedVersion> = { id: 'i2c-aspeed', versions: I2C_ASPEED_VERSIONS, first: 'fixed' };

/** The message router on BT over I2C: host, I2C bus, AST2500, both bus drivers, router, devices, a daemon. */
export const ROUTER_I2C: Scenario = driverScenario({
  name: 'router-i2c',
  text: 'the ipmi_bmc message router on BT over I2C: a host (polite or careless), the AST2500, the bus drivers, devices in the kernel that come and go, a daemon',
  model: 1,
  bmcDrivers: [IPMI_ROUTER, BT_I2C, I2C_ASPEED],
  parts: { hardware: 2, host: 1, daemon: 1 },
  hosts: ['ipmi_bt_i2c@2017'],
  daemons: BT_DAEMONS,
  oracles: ROUTER_I2C_ORACLES,
  parameters: ROUTER_I2C_PARAMETERS,
  system: (options, [router, btI2c, i2cAspeed]) => new RouterI2cSystem({ ...options, router, btI2c: btI2c.driver, i2cAspeed: i2cAspeed.driver }),
});
