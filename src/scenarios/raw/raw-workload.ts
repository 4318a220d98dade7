import type { ByteHost, MctpHost, RawPort } from '../../host/index.ts';
import { TRIGGER_DEBUG, TRIGGER_REBOOT, echoOf } from '../../daemon/index.ts';
import { MctpControl } from '../../mctp/index.ts';
import { MS, type Ps, type Steps } from '../../sim/index.ts';
import type { Workload } from '../bmc-system.ts';
import type { Values } from '../settings.ts';
import type { PROTOCOLS } from './raw-parameters.ts';

/** How long the host waits before it tries again for the last time, and how often. */
const HEAL: Ps = 600 * MS;
const HEAL_TRIES = 3;
/** For how long it is still there at the end: what the BMC does then is judged, too. */
const LINGER: Ps = 2 * MS;
/** A host whose channel is gone waits so long before it gives up. */
const GONE: Ps = 30 * MS;

/** What an MCTP host asks, in turn: control messages, and vendor's messages of these lengths (bytes, with the header). */
const QUESTIONS: readonly (readonly [number, number])[] = [
  [MctpControl.SET_ENDPOINT_ID, 0], [MctpControl.GET_VERSION_SUPPORT, 0], [0, 68], [MctpControl.GET_ENDPOINT_ID, 0],
  [MctpControl.GET_TYPE_SUPPORT, 0], [0, 16],
];

export interface RawWorkloadOptions {
  readonly port: RawPort;
  readonly bytes: ByteHost;
  readonly mctp: MctpHost;
  readonly values: Values;
  draw(n: number, label: string): number;
  /** No more faults from here on: what follows judges whether the device recovers. */
  calmDown(): void;
}

/** What the host does in one execution, in whichever protocol is spoken. Its last word is said when faults have ended. */
export class RawWorkload implements Workload {
  private readonly options: RawWorkloadOptions;
  protocol: (typeof PROTOCOLS)[number] = 'mctp';
  /** Threads that answer the bytes of an echo. */
  threads: 1 | 2 = 1;
  done = false;
  satisfied = false;
  askedAt: Ps = 0;
  private asked = 0;

  constructor(options: RawWorkloadOptions) {
    this.options = options;
  }

  reset(): void {
    this.done = false;
    this.satisfied = false;
    this.askedAt = 0;
    this.asked = 0;
    this.options.port.reset();
    this.options.bytes.reset();
    this.options.mctp.reset();
  }

  *main(): Steps {
    const { port, values, draw, calmDown, mctp } = this.options;
    const count = values.number('requests') + (values.fixed('requests') ? 0 : draw(3, 'more requests'));
    if (this.protocol === 'mctp') yield* mctp.connect();
    for (let left = count; left > 0 && !port.absent;) {
      const some = this.protocol === 'mctp' ? 1 : left;
      left -= some;
      yield* this.ask(some);
    }
    for (let i = 0; i < HEAL_TRIES && !this.satisfied && !port.absent; i++) {
      calmDown();
      yield port.io.sleep(HEAL);
      if (this.protocol === 'mctp' && !(yield* mctp.connect())) continue;
      yield* this.ask(1);
    }
    if (port.absent) yield port.io.sleep(GONE);
    else if (this.protocol === 'mctp') yield* mctp.idle(LINGER);
    else yield port.io.sleep(LINGER);
    this.done = true;
  }

  /** One request, or `count` bytes. */
  private *ask(count: number): Steps {
    const { port, bytes, mctp } = this.options;
    this.askedAt = port.io.now;
    switch (this.protocol) {
      case 'mctp': {
        const [command, length] = QUESTIONS[this.asked++ % QUESTIONS.length];
        this.satisfied = yield* mctp.ask(command, length);
        break;
      }
      case 'echo':
        this.satisfied = yield* bytes.echo(count, this.threads, echoOf);
        break;
      case 'trigger':
        this.satisfied = yield* bytes.tell([...Array<number>(Math.max(count - 1, 1)).fill(TRIGGER_DEBUG), TRIGGER_REBOOT]);
        break;
    }
  }
}

