import { I2C_ASPEED_VERSIONS, type I2cAspeedVersion } from '../../drivers/i2c-aspeed/index.ts';
import { SSIF_BMC_VERSIONS, type SsifBmcVersion } from '../../drivers/ssif-bmc/index.ts';
import { SSIF_VERSIONS, type SsifVersion } from '../../host/index.ts';
import { driverScenario, driverVersions, type SystemDriver } from '../driver-scenario.ts';
import { DATA_RACE, oneOf, type Scenario } from '../system.ts';
import { SSIF_PARAMETERS } from './ssif-parameters.ts';
import { SSIF_ORACLES, SsifSystem } from './ssif-system.ts';

/** A bus driver that is named alone runs below what Linux had until 2026. */
const SSIF_BMC: SystemDriver<SsifBmcVersion> = { id: 'ssif-bmc', versions: SSIF_BMC_VERSIONS, first: 'v10', other: 'mainline' };
/** What Linux has. */
const I2C_ASPEED: SystemDriver<I2cAspeedVersion> = { id: 'i2c-aspeed', versions: I2C_ASPEED_VERSIONS, first: '2023-12' };
const HOSTS = SSIF_VERSIONS.map(hostName);

function hostName({ version }: SsifVersion): string {
  return `ipmi_ssif@${version}`;
}

/** The versions that `ssif-bmc@version`, `i2c-aspeed@version`, or both with a comma between, name. */
export function ssifVersions(drivers: string): readonly [SsifBmcVersion, I2cAspeedVersion] {
  return driverVersions('ssif', drivers, [SSIF_BMC, I2C_ASPEED]);
}

/** The version of the host's driver that `ipmi_ssif@version` names; without a name what Linux has. */
export function ipmiSsifVersion(host = HOSTS[HOSTS.length - 1]): SsifVersion {
  oneOf('host', host, HOSTS);
  return SSIF_VERSIONS[HOSTS.indexOf(host)];
}

/** The SSIF interface: host, I2C bus, AST2500, a version each of both drivers, a daemon. Wide: the hunt draws the rest. */
export function ssifScenario(ssifBmc = SSIF_BMC, i2cAspeed = I2C_ASPEED): Scenario {
  return driverScenario({
    name: 'ssif',
    text: 'SSIF over I2C: a Linux host (polite or careless), the AST2500, the I2C bus driver, an SSIF driver and a daemon that can crash',
    model: 2,
    bmcDrivers: [ssifBmc, i2cAspeed],
    parts: { hardware: 1, host: 1, daemon: 2 },
    hosts: HOSTS,
    daemons: ['ssifd', 'ssifbridged'],
    oracles: [...SSIF_ORACLES, DATA_RACE],
    parameters: SSIF_PARAMETERS,
    hostModel(host) {
      const version = ipmiSsifVersion(host);
      return { [`host ${hostName(version)}`]: version.model };
    },
    system: (options, [ssif, i2c]) => new SsifSystem({
      ...options, ssifBmc: ssif.driver, i2cAspeed: i2c.driver, ipmiSsif: options.host === undefined ? undefined : ipmiSsifVersion(options.host),
    }),
  });
}

/** The SSIF interface. */
export const SSIF: Scenario = ssifScenario();

/** The same on another bus driver, below the SSIF driver of ours that has no known fault. */
export function ssifOnI2c(i2cAspeed: SystemDriver<I2cAspeedVersion>): Scenario {
  return ssifScenario({ ...SSIF_BMC, first: 'fixed', other: 'fixed' }, i2cAspeed);
}
