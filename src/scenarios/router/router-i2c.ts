import { I2C_ASPEED_VERSIONS, type I2cAspeedVersion } from '../../drivers/i2c-aspeed/index.ts';
import { BT_I2C_VERSIONS, IPMI_ROUTER_VERSIONS, type BtI2cVersion, type IpmiRouterVersion } from '../../drivers/ipmi-router/index.ts';
import { Values } from '../settings.ts';
import { oneOf, splitDrivers, versionOf, type BuildOptions, type Scenario, type System } from '../system.ts';
import { ROUTER_I2C_PARAMETERS } from './router-i2c-parameters.ts';
import { ROUTER_I2C_ORACLES, RouterI2cSystem } from './router-i2c-system.ts';

/** Raised by hand when choice points or nominal timing of the hardware, the kernel or the hosts change. */
const HARDWARE_MODEL = 1;
const HOST_MODEL = 1;
const DAEMON_MODEL = 1;

const IPMI_ROUTER = 'ipmi-router';
const BT_I2C = 'bt-i2c';
const I2C_ASPEED = 'i2c-aspeed';
const HOSTS = ['ipmi_bt_i2c@2017'] as const;
const DAEMONS = ['btd', 'btbridged', 'btbridged-mended'] as const;
/** What the router runs on unless the user says otherwise. */
const DEFAULT_ROUTER = `${IPMI_ROUTER}@rfc-v1`;
const DEFAULT_BT_I2C = `${BT_I2C}@fixed`;
const DEFAULT_I2C_ASPEED = `${I2C_ASPEED}@fixed`;

/** The versions that a list of drivers names. */
function versionsOf(drivers: string): readonly [IpmiRouterVersion, BtI2cVersion, I2cAspeedVersion] {
  const named = splitDrivers('router-i2c', drivers, [IPMI_ROUTER, BT_I2C, I2C_ASPEED]);
  return [
    versionOf('router-i2c', named.get(IPMI_ROUTER) ?? DEFAULT_ROUTER, IPMI_ROUTER, IPMI_ROUTER_VERSIONS),
    versionOf('router-i2c', named.get(BT_I2C) ?? DEFAULT_BT_I2C, BT_I2C, BT_I2C_VERSIONS),
    versionOf('router-i2c', named.get(I2C_ASPEED) ?? DEFAULT_I2C_ASPEED, I2C_ASPEED, I2C_ASPEED_VERSIONS),
  ];
}

/** The message router on BT over I2C: host, I2C bus, AST2500, both bus drivers, router, devices, a daemon. */
export const ROUTER_I2C: Scenario = {
  name: 'router-i2c',
  text: 'the ipmi_bmc message router on BT over I2C: a host (polite or careless), the AST2500, the bus drivers, devices in the kernel that come and go, a daemon',
  model: 1,
  defaultDriver: `${DEFAULT_ROUTER},${DEFAULT_BT_I2C},${DEFAULT_I2C_ASPEED}`,
  drivers: [IPMI_ROUTER_VERSIONS, BT_I2C_VERSIONS, I2C_ASPEED_VERSIONS].flatMap((versions, i) => (
    versions.map(({ version }) => `${[IPMI_ROUTER, BT_I2C, I2C_ASPEED][i]}@${version}`))),
  hosts: HOSTS,
  daemons: DAEMONS,
  oracles: ROUTER_I2C_ORACLES,
  parameters: ROUTER_I2C_PARAMETERS,

  wholeDriver(driver: string): string {
    const [router, btI2c, i2cAspeed] = versionsOf(driver);
    return `${IPMI_ROUTER}@${router.version},${BT_I2C}@${btI2c.version},${I2C_ASPEED}@${i2cAspeed.version}`;
  },

  build(options: BuildOptions): System {
    this.models(options);
    const [router, btI2c, i2cAspeed] = versionsOf(options.driver ?? this.defaultDriver);
    return new RouterI2cSystem({ ...options, router, btI2c: btI2c.driver, i2cAspeed: i2cAspeed.driver });
  },

  models(options: BuildOptions): Readonly<Record<string, number>> {
    const [router, btI2c, i2cAspeed] = versionsOf(options.driver ?? this.defaultDriver);
    oneOf('host', options.host, HOSTS);
    oneOf('daemon', options.daemon, DAEMONS);
    for (const name of options.oracles ?? []) oneOf('oracle', name, this.oracles);
    new Values(ROUTER_I2C_PARAMETERS, options.settings);
    return {
      [`driver ${IPMI_ROUTER}@${router.version}`]: router.model,
      [`driver ${BT_I2C}@${btI2c.version}`]: btI2c.model,
      [`driver ${I2C_ASPEED}@${i2cAspeed.version}`]: i2cAspeed.model,
      hardware: HARDWARE_MODEL,
      host: HOST_MODEL,
      daemon: DAEMON_MODEL,
      'scenario router-i2c': this.model,
    };
  },
};
