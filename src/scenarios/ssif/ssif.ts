import { I2C_ASPEED_VERSIONS, type I2cAspeedVersion } from '../../drivers/i2c-aspeed/index.ts';
import { SSIF_BMC_VERSIONS, type SsifBmcVersion } from '../../drivers/ssif-bmc/index.ts';
import { SSIF_VERSIONS, type SsifVersion } from '../../host/index.ts';
import { Values } from '../settings.ts';
import { SSIF_PARAMETERS } from './ssif-parameters.ts';
import { SSIF_ORACLES, SsifSystem } from './ssif-system.ts';
import { DATA_RACE, oneOf, splitDrivers, versionOf, type BuildOptions, type Scenario, type System } from '../system.ts';

/** Raised by hand when choice points or nominal timing of the hardware, the kernel or the hosts change. */
const HARDWARE_MODEL = 1;
const HOST_MODEL = 1;
const DAEMON_MODEL = 2;

const SSIF_BMC = 'ssif-bmc';
const I2C_ASPEED = 'i2c-aspeed';
const IPMI_SSIF = 'ipmi_ssif';
const HOSTS = SSIF_VERSIONS.map(({ version }) => `${IPMI_SSIF}@${version}`);
const DAEMONS = ['ssifd', 'ssifbridged'] as const;
/** What the one driver runs on, or is run by, unless the user says otherwise: what Linux has now. */
const DEFAULT_SSIF_BMC = `${SSIF_BMC}@mainline`;
const FIXED_SSIF_BMC = `${SSIF_BMC}@fixed`;
const DEFAULT_I2C_ASPEED = `${I2C_ASPEED}@2023-12`;

/** The versions of one of the two drivers from which a scenario chooses. */
interface Choice<V> {
  readonly id: string;
  readonly versions: readonly V[];
  /** Where a hunt begins, and what a version of the other driver is hunted with, in full. */
  readonly first: string;
  readonly other: string;
}

const OUR_SSIF_BMC: Choice<SsifBmcVersion> = { id: SSIF_BMC, versions: SSIF_BMC_VERSIONS, first: `${SSIF_BMC}@v10`, other: DEFAULT_SSIF_BMC };
const OUR_I2C_ASPEED: Choice<I2cAspeedVersion> = { id: I2C_ASPEED, versions: I2C_ASPEED_VERSIONS, first: DEFAULT_I2C_ASPEED, other: DEFAULT_I2C_ASPEED };

/** The versions that `ssif-bmc@version`, `i2c-aspeed@version`, or both with a comma between, name. */
export function ssifVersions(drivers: string, ssif = OUR_SSIF_BMC, i2c = OUR_I2C_ASPEED): readonly [SsifBmcVersion, I2cAspeedVersion] {
  const named = splitDrivers('ssif', drivers, [ssif.id, i2c.id]);
  return [
    versionOf('ssif', named.get(ssif.id) ?? ssif.other, ssif.id, ssif.versions),
    versionOf('ssif', named.get(i2c.id) ?? i2c.other, i2c.id, i2c.versions),
  ];
}

/** The version of the host's driver that `ipmi_ssif@version` names; without a name what Linux has. */
export function ipmiSsifVersion(host = HOSTS[HOSTS.length - 1]): SsifVersion {
  oneOf('host', host, HOSTS);
  return SSIF_VERSIONS[HOSTS.indexOf(host)];
}

/** The SSIF interface: host, I2C bus, AST2500, a version each of both drivers, a daemon. Wide: the hunt draws the rest. */
function ssifWith(ssif = OUR_SSIF_BMC, i2c = OUR_I2C_ASPEED): Scenario {
  return {
    name: 'ssif',
    text: 'SSIF over I2C: a Linux host (polite or careless), the AST2500, the I2C bus driver, an SSIF driver and a daemon that can crash',
    model: 2,
    defaultDriver: `${ssif.first},${i2c.first}`,
    drivers: [ssif, i2c].flatMap(({ id, versions }) => versions.map((v) => `${id}@${v.version}`)),
    hosts: HOSTS,
    daemons: DAEMONS,
    oracles: [...SSIF_ORACLES, DATA_RACE],
    parameters: SSIF_PARAMETERS,

    wholeDriver(driver: string): string {
      const [ssifBmc, i2cAspeed] = ssifVersions(driver, ssif, i2c);
      return `${ssif.id}@${ssifBmc.version},${i2c.id}@${i2cAspeed.version}`;
    },

    build(options: BuildOptions): System {
      this.models(options);
      const [ssifBmc, i2cAspeed] = ssifVersions(options.driver ?? this.defaultDriver, ssif, i2c);
      return new SsifSystem({
        ...options,
        ssifBmc: ssifBmc.driver,
        i2cAspeed: i2cAspeed.driver,
        ipmiSsif: options.host === undefined ? undefined : ipmiSsifVersion(options.host),
        observed: options.observed === true || options.oracles?.includes(DATA_RACE) === true,
      });
    },

    models(options: BuildOptions): Readonly<Record<string, number>> {
      const [ssifBmc, i2cAspeed] = ssifVersions(options.driver ?? this.defaultDriver, ssif, i2c);
      oneOf('daemon', options.daemon, DAEMONS);
      for (const name of options.oracles ?? []) oneOf('oracle', name, this.oracles);
      new Values(SSIF_PARAMETERS, options.settings);
      const host = ipmiSsifVersion(options.host);
      return {
        [`driver ${ssif.id}@${ssifBmc.version}`]: ssifBmc.model,
        [`driver ${i2c.id}@${i2cAspeed.version}`]: i2cAspeed.model,
        hardware: HARDWARE_MODEL,
        [`host ${IPMI_SSIF}@${host.version}`]: host.model,
        host: HOST_MODEL,
        daemon: DAEMON_MODEL,
        'scenario ssif': this.model,
      };
    },
  };
}

/** The SSIF interface. */
export const SSIF: Scenario = ssifWith();

/** The same with somebody's own SSIF driver in place of ours. */
export function ownSsif(id: string, version: SsifBmcVersion): Scenario {
  return ssifWith(only(id, version));
}

/** The same with somebody's own bus driver, below the SSIF driver of ours that has no known fault. */
export function ownI2c(id: string, version: I2cAspeedVersion): Scenario {
  return ssifWith({ ...OUR_SSIF_BMC, first: FIXED_SSIF_BMC, other: FIXED_SSIF_BMC }, only(id, version));
}

function only<V extends { readonly version: string }>(id: string, version: V): Choice<V> {
  const name = `${id}@${version.version}`;
  return { id, versions: [version], first: name, other: name };
}
