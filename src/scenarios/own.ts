import { CKcsDriver, CSsifDriver, DriverCode } from '../c/index.ts';
import type { AspeedKcs, KcsBmcDriverClass } from '../drivers/kcs-bmc/index.ts';
import type { SsifBmcDriverClass } from '../drivers/ssif-bmc/index.ts';
import type { I2cSlaveBus, Kernel } from '../linux/index.ts';
import { kcsScenario } from './kcs/kcs.ts';
import { ownSsif } from './ssif/ssif.ts';
import type { Scenario } from './system.ts';

/** Interfaces for which a driver can be brought along. */
export const OWN_INTERFACES = ['kcs', 'ssif'] as const;
export type OwnInterface = (typeof OWN_INTERFACES)[number];

/** The driver ids under which findings name drivers that are not ours. */
export const OWN_DRIVERS = ['c', 'c-fine', 'own'] as const;

/** A class of the user's own, of the interface's kind. */
export type OwnClass = KcsBmcDriverClass | SsifBmcDriverClass;

/** A driver of the user's own. */
export interface OwnDriver {
  readonly as: OwnInterface;
  /** `c`: compiled C; `c-fine`: the same with each access of shared memory as a step; `own`: a class in TypeScript or JavaScript. */
  readonly id: (typeof OWN_DRIVERS)[number];
  /** The name of its file. */
  readonly name: string;
  /** A number for its contents: a finding of other contents is not replayed as if nothing were. */
  readonly model: number;
  readonly driver: DriverCode | OwnClass;
}

/** The interface's scenario with a driver of the user's own in place of ours. */
export function ownScenario(own: OwnDriver): Scenario {
  const scenario = scenarioWith(own);
  if (!(own.driver instanceof DriverCode)) return scenario;
  return { ...scenario, oracles: scenario.oracles.filter((name) => !INNER.has(name)) };
}

/** An oracle that looks into the driver's own struct, which only our models show. */
const INNER: ReadonlySet<string> = new Set(['state-mismatch']);

function scenarioWith({ as, id, name, model, driver }: OwnDriver): Scenario {
  const version = { version: name, model, text: 'yours', source: name };
  switch (as) {
    case 'kcs':
      return kcsScenario(id, [{ ...version, driver: driver instanceof DriverCode ? kcsClass(driver) : driver as KcsBmcDriverClass }], name);
    case 'ssif':
      return ownSsif(id, { ...version, driver: driver instanceof DriverCode ? ssifClass(driver) : driver as SsifBmcDriverClass });
  }
}

function kcsClass(code: DriverCode): KcsBmcDriverClass {
  return class extends CKcsDriver {
    constructor(kernel: Kernel, aspeed: AspeedKcs) {
      super(kernel, code, aspeed.at(0).regs, aspeed.config, () => aspeed.upstream);
    }
  };
}

function ssifClass(code: DriverCode): SsifBmcDriverClass {
  return class extends CSsifDriver {
    constructor(kernel: Kernel, bus: I2cSlaveBus, address: number) {
      super(kernel, code, bus, address);
    }
  };
}
