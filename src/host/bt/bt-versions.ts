import { BtStateMachineMended } from './bt-sm-mended.ts';
import { BtStateMachine } from './bt-sm.ts';

/** A version of the host's driver for BT, as `--host` names it. */
export interface BtVersion {
  readonly name: string;
  readonly machine: typeof BtStateMachine;
}

/** Those that there are, the plain one first. */
export const BT_VERSIONS: readonly BtVersion[] = [
  { name: 'ipmi_si@6.1', machine: BtStateMachine },
  { name: 'ipmi_si@mended', machine: BtStateMachineMended },
];

/** The version of that name, which must be there. */
export function btVersion(name: string): BtVersion {
  const found = BT_VERSIONS.find((version) => version.name === name);
  if (found === undefined) throw new RangeError(`no host is called ${name}`);
  return found;
}
