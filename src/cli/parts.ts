import { BT_BMC_VERSIONS } from '../drivers/bt-bmc/index.ts';
import { I2C_ASPEED_VERSIONS } from '../drivers/i2c-aspeed/index.ts';
import { BT_ASPEED_VERSIONS, BT_I2C_VERSIONS, IPMI_ROUTER_VERSIONS } from '../drivers/ipmi-router/index.ts';
import { KCS_BMC_VERSIONS } from '../drivers/kcs-bmc/index.ts';
import { KCS_RAW_VERSIONS } from '../drivers/kcs-raw/index.ts';
import { SSIF_BMC_VERSIONS } from '../drivers/ssif-bmc/index.ts';

/** A part of a system that the command line can name. */
export interface Part {
  /** As it is given to its option. */
  readonly name: string;
  readonly text: string;
  readonly source: string;
}

/** Versions of BMC drivers: `--driver`. */
export const DRIVERS: readonly Part[] = [
  ...partsOf('kcs-bmc', KCS_BMC_VERSIONS), ...partsOf('kcs-raw', KCS_RAW_VERSIONS), ...partsOf('bt-bmc', BT_BMC_VERSIONS),
  ...partsOf('ipmi-router', IPMI_ROUTER_VERSIONS), ...partsOf('bt-aspeed', BT_ASPEED_VERSIONS), ...partsOf('bt-i2c', BT_I2C_VERSIONS),
  ...partsOf('ssif-bmc', SSIF_BMC_VERSIONS), ...partsOf('i2c-aspeed', I2C_ASPEED_VERSIONS),
];

function partsOf(id: string, versions: readonly { readonly version: string; readonly text: string; readonly source: string }[]): readonly Part[] {
  return versions.map(({ version, text, source }) => ({ name: `${id}@${version}`, text, source }));
}

/** Versions of host drivers: `--host`. */
export const HOSTS: readonly Part[] = [
  {
    name: 'ipmi_si@6.1', source: 'drivers/char/ipmi of Linux 6.1: ipmi_si_intf.c, ipmi_kcs_sm.c, ipmi_bt_sm.c',
    text: 'ipmi_si on ipmi_kcs_sm or ipmi_bt_sm, driven by kipmid (BT: by the SI timer), by interrupt or by busy polling (--set hostMode)',
  },
  {
    name: 'ipmi_si@mended', source: 'ours, on top of 6.1: BT only',
    text: 'the same on an ipmi_bt_sm that looks at B_BUSY once more in the call that writes the request',
  },
  {
    name: 'ipmi_bt_i2c@2017', source: '[PATCH v2 0/4] ipmi: bt-i2c: added IPMI Block Transfer over I2C, 2017',
    text: 'BT\'s messages over I2C: written at once, and read when their first byte is not 0',
  },
  {
    name: 'ipmi_ssif@2017', source: 'drivers/char/ipmi/ipmi_ssif.c, 2017',
    text: 'the same driver when it hung or crashed on answers that it did not expect',
  },
  {
    name: 'ipmi_ssif@6.1', source: 'drivers/char/ipmi/ipmi_ssif.c and drivers/i2c of Linux 6.1',
    text: 'ipmi_ssif on an SMBus controller like i801, piix4, designware or a plain I2C one (--set hostMode)',
  },
  { name: 'raw-host', text: 'sends single bytes, or speaks MCTP over LPC, by polling or by SerIRQ (--set protocol, hostMode)', source: 'ours; libmctp astlpc.c' },
  { name: 'libmctp@host', text: 'the astlpc binding as firmware of the host uses it (--set hostMode)', source: 'libmctp astlpc.c' },
];

/** Daemons of the BMC: `--daemon`. */
export const DAEMONS: readonly Part[] = [
  { name: 'kcsd', text: 'reads a request, thinks, writes the answer; can crash and come back', source: 'ours' },
  {
    name: 'kcsbridged', source: 'OpenBMC: kcsbridge',
    text: 'begins with FORCE_ABORT, and a new request cancels the answer under way',
  },
  { name: 'btd', text: 'reads a request, thinks, writes the answer; can crash and come back, or another process in its place', source: 'ours' },
  {
    name: 'btbridged', source: 'OpenBMC: btbridge',
    text: 'answers CEh when ipmid takes longer than 1 s, and knows requests by their sequence number alone',
  },
  {
    name: 'btbridged-mended', source: 'ours, on top of btbridged: openbmc/openbmc issue 494',
    text: 'the same, but drops an answer that comes after its own',
  },
  { name: 'ssifd', text: 'reads a request, thinks, writes the answer; can crash and come back', source: 'ours' },
  {
    name: 'ssifbridged', source: 'OpenBMC: ssifbridge',
    text: 'goes on reading while an answer is made, and writes a late one only if it fits the newest request',
  },
  { name: 'rawd', text: 'echoes bytes with one or two threads, or is debug-trigger, or mctpd (--set protocol)', source: 'ours; OpenBMC: debug-trigger' },
  { name: 'mctpd', text: 'mctp-demux-daemon on the astlpc binding: answers control messages and a vendor\'s', source: 'libmctp astlpc.c, mctp-demux-daemon.c' },
];
