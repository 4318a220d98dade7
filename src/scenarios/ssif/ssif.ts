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
const DEFAULT_I2C_ASPEED = `${I2C_ASPEED}@2023-12`;

/** The versions of the SSIF driver from which a scenario chooses. */
interface SsifBmcChoice {
  readonly id: string;
  readonly versions: readonly SsifBmcVersion[];
  /** Where a hunt begins, and what another driver's version is hunted with, in full. */
  readonly first: string;
  readonly other: string;
}

const OURS: SsifBmcChoice = { id: SSIF_BMC, versions: SSIF_BMC_VERSIONS, first: `${SSIF_BMC}@v10`, other: DEFAULT_SSIF_BMC };

/** The versions that `ssif-bmc@version`, `i2c-aspeed@version`, or both with a comma between, name. */
export function ssifVersions(drivers: string, { id, versions, other }: SsifBmcChoice = OURS): readonly [SsifBmcVersion, I2cAspeedVersion] {
  const named = splitDrivers('ssif', drivers, [id, I2C_ASPEED]);
  return [
    versionOf('ssif', named.get(id) ?? other, id, versions),
    versionOf('ssif', named.get(I2C_ASPEED) ?? DEFAULT_I2C_ASPEED, I2C_ASPEED, I2C_ASPEED_VERSIONS),
  ];
}

/** The version of the host's driver that `ipmi_ssif@version` names; without a name what Linux has. */
export function ipmiSsifVersion(host = HOSTS[HOSTS.length - 1]): SsifVersion {
  oneOf('host', host, HOSTS);
  return SSIF_VERSIONS[HOSTS.indexOf(host)];
}

/** The SSIF interface: host, I2C bus, AST2500, a version each of both drivers, a daemon. Wide: the hunt draws the rest. */
function ssifWith(choice: SsifBmcChoice): Scenario {
  const { id, versions, first } = choice;
  return {
    name: 'ssif',
    text: 'SSIF over I2C: a Linux host (polite or careless), the AST2500, the I2C bus driver, an SSIF driver and a daemon that can crash',
    model: 2,
    defaultDriver: `${first},${DEFAULT_I2C_ASPEED}`,
    drivers: [...versions.map((v) => `${id}@${v.version}`), ...I2C_ASPEED_VERSIONS.map((v) => `${I2C_ASPEED}@${v.version}`)],
    hosts: HOSTS,
    daemons: DAEMONS,
    oracles: [...SSIF_ORACLES, DATA_RACE],
    parameters: SSIF_PARAMETERS,

    wholeDriver(driver: string): string {
      const [ssifBmc, i2cAspeed] = ssifVersions(driver, choice);
      return `${id}@${ssifBmc.version},${I2C_ASPEED}@${i2cAspeed.version}`;
    },

    build(options: BuildOptions): System {
      this.models(options);
      const [ssifBmc, i2cAspeed] = ssifVersions(options.driver ?? this.defaultDriver, choice);
      return new SsifSystem({
        ...options,
        ssifBmc: ssifBmc.driver,
        i2cAspeed: i2cAspeed.driver,
        ipmiSsif: options.host === undefined ? undefined : ipmiSsifVersion(options.host),
        observed: options.observed === true || options.oracles?.includes(DATA_RACE) === true,
      });
    },

    models(options: BuildOptions): Readonly<Record<string, number>> {
      const [ssifBmc, i2cAspeed] = ssifVersions(options.driver ?? this.defaultDriver, choice);
      oneOf('daemon', options.daemon, DAEMONS);
      for (const name of options.oracles ?? []) oneOf('oracle', name, this.oracles);
      new Values(SSIF_PARAMETERS, options.settings);
      const host = ipmiSsifVersion(options.host);
      return {
        [`driver ${id}@${ssifBmc.version}`]: ssifBmc.model,
        [`driver ${I2C_ASPEED}@${i2cAspeed.version}`]: i2cAspeed.model,
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
export const SSIF: Scenario = ssifWith(OURS);

/** The same with somebody's own driver in place of ours. */
export function ownSsif(id: string, version: SsifBmcVersion): Scenario {
  const name = `${id}@${version.version}`;
  return ssifWith({ id, versions: [version], first: name, other: name });
}
