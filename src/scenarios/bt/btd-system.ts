import { BTBRIDGED, BTBRIDGED_MENDED, Btd, PLAIN_BTD, type BtdShape } from '../../daemon/index.ts';
import type { MiscDevice } from '../../linux/index.ts';
import { BmcSystem, type BmcSystemKind } from '../bmc-system.ts';
import { daemonWitness } from '../hooks.ts';
import type { BuildOptions } from '../system.ts';

/** The daemons that there are for such a device, the plain one first. */
export const BT_DAEMONS = ['btd', 'btbridged', 'btbridged-mended'] as const;

/** What systems have in common whose daemon serves a device like /dev/ipmi-bt-host. */
export abstract class BtdSystem extends BmcSystem {
  abstract override readonly daemon: Btd;
  /** How the daemon of this run is made up. */
  protected shape: BtdShape = PLAIN_BTD;
  /** What the user has named; empty: it is drawn. */
  protected readonly daemonKind: string;

  constructor(options: BuildOptions, kind: BmcSystemKind) {
    super(options, kind);
    this.daemonKind = options.daemon ?? '';
  }

  /** The daemon that serves `device`. */
  protected makeDaemon(device: MiscDevice): Btd {
    return new Btd(this.kernel, device, this.values.number('think'),
      (thread, n, label) => this.draws.draw('workload', thread, n, label), daemonWitness(this.oracles, () => this.settled()));
  }

  /** Draws how the daemon is made up. */
  protected configureDaemon(): void {
    const { values } = this;
    const threads = values.fixed('threads') ? values.number('threads') - 1 : this.configured('threads', 3);
    const bridge = this.daemonKind === '' ? this.configured('daemon like btbridged', 2) === 1 : this.daemonKind !== 'btd';
    const base = bridge ? this.bridged() : PLAIN_BTD;
    this.shape = {
      ...base,
      threads: threads === 0 || bridge ? 1 : 2,
      locked: threads !== 2,
      nonBlocking: base.nonBlocking || this.configured('O_NONBLOCK', 2) === 1,
    };
  }

  /** What a daemon like btbridged is like. */
  protected bridged(): BtdShape {
    return this.daemonKind === 'btbridged-mended' ? BTBRIDGED_MENDED : BTBRIDGED;
  }

  /** The daemon may mix up answers by itself. */
  protected get answersMix(): boolean {
    return this.shape.threads === 2 && !this.shape.locked;
  }
}
