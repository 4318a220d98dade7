import { KCS_BMC_VERSIONS } from '../drivers/kcs-bmc/index.ts';

/** A part of a system that the command line can name. */
export interface Part {
  /** As it is given to its option. */
  readonly name: string;
  readonly text: string;
  readonly source: string;
}

/** Versions of BMC drivers: `--driver`. */
export const DRIVERS: readonly Part[] = KCS_BMC_VERSIONS.map(({ version, text, source }) => ({ name: `kcs-bmc@${version}`, text, source }));

/** Versions of host drivers: `--host`. */
export const HOSTS: readonly Part[] = [
  {
    name: 'ipmi_si@6.1', source: 'drivers/char/ipmi of Linux 6.1: ipmi_si_intf.c, ipmi_kcs_sm.c',
    text: 'ipmi_si on ipmi_kcs_sm, driven by kipmid, by interrupt or by busy polling (--set hostMode)',
  },
];

/** Daemons of the BMC: `--daemon`. */
export const DAEMONS: readonly Part[] = [
  { name: 'kcsd', text: 'reads a request, thinks, writes the answer; can crash and come back', source: 'ours' },
  {
    name: 'kcsbridged', source: 'OpenBMC: kcsbridge',
    text: 'begins with FORCE_ABORT, and a new request cancels the answer under way',
  },
];
