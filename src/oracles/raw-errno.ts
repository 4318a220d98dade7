import { Str } from '../ipmi/index.ts';
import type { Oracle, RawCallSeen, RawSystemView } from './context.ts';
import type { RawWire } from './raw-wire.ts';

const EINTR = 4;
const EAGAIN = 11;
const EFAULT = 14;
const EINVAL = 22;
/** Bytes of the device: data, status. */
const SIZE = 2;

/** What of the channel there was when a call began. */
interface Before {
  str: number;
  idrReads: number;
  odrWrites: number;
}

/** `errno`: the contract of Documentation/ABI/testing/dev-raw-kcs, and of read(2) and write(2). */
export class RawErrnoOracle implements Oracle {
  readonly names = ['errno'];
  private readonly view: RawSystemView & { readonly wire: RawWire };
  private readonly before: Before[] = [];

  constructor(view: RawSystemView & { readonly wire: RawWire }) {
    this.view = view;
  }

  rawBegins({ actor }: RawCallSeen): void {
    const { wire } = this.view;
    const before = (this.before[actor] ??= { str: 0, idrReads: 0, odrWrites: 0 });
    before.str = this.view.str();
    before.idrReads = wire.idrReads;
    before.odrWrites = wire.odrWrites;
  }

  rawReturned(call: RawCallSeen): void {
    if (call.name === 'poll' || !this.view.bound()) return;
    const { count, pos, result } = call;
    const range = count === 0 ? 0 : count > SIZE || pos >= SIZE || pos + count > SIZE ? -EINVAL : 1;
    if (range < 1) {
      if (result !== range) this.wrong(call, 'range', `asks for ${count} bytes at ${pos} is to return ${range === 0 ? '0' : '-EINVAL'}`);
      return;
    }
    if (result === -EINVAL || result === 0) this.wrong(call, 'range', `asks for ${count} bytes at ${pos} is allowed`);
    if (result > 0 && result !== count) this.wrong(call, 'short', `asks for ${count} bytes at ${pos} is done whole or not at all`);
    if (result === -EINTR && !call.signalled) this.wrong(call, 'eintr-without-signal', 'ends with -EINTR only for a signal');
    this.fault(call);
    if (pos !== 0) return;
    if (call.name === 'read') this.read(call);
    else this.write(call);
  }

  private fault(call: RawCallSeen): void {
    if (call.result === -EFAULT && call.nextPage !== 'unmapped') this.wrong(call, 'efault-without-fault', 'has a good buffer');
    else if (call.result > 0 && call.nextPage === 'unmapped' && call.pageEnd === 0) this.wrong(call, 'fault-not-reported', 'has an unmapped buffer');
  }

  private read(call: RawCallSeen): void {
    const { wire } = this.view;
    const before = this.before[call.actor];
    if (call.result === SIZE && (call.bytes[1] & Str.IBF) === 0) {
      this.wrong(call, 'data-without-ibf', 'reads IDR and STR shows IBF=1: the value of IDR is valid');
    }
    if (call.result !== -EAGAIN) return;
    if (!call.nonBlocking) {
      this.wrong(call, 'blocking-read-eagain', 'has no O_NONBLOCK waits');
    } else if ((before.str & Str.IBF) !== 0 && before.idrReads === wire.idrReads) {
      this.wrong(call, 'eagain-with-data', 'has O_NONBLOCK has a byte to return: IBF was 1 all the time');
    }
  }

  private write(call: RawCallSeen): void {
    const { wire } = this.view;
    const before = this.before[call.actor];
    if (call.result < 0 && call.result !== -EFAULT) {
      const { odr, str } = wire.written(call.actor);
      if (odr > 0 || str > 0) this.wrong(call, 'failed-but-done', `has changed ${odr > 0 ? 'ODR' : 'STR'} all the same`);
    }
    if (call.result !== -EAGAIN) return;
    if (!call.nonBlocking) {
      this.wrong(call, 'blocking-write-eagain', 'has no O_NONBLOCK waits');
    } else if ((before.str & Str.OBF) === 0 && before.odrWrites === wire.odrWrites) {
      this.wrong(call, 'eagain-with-room', 'has O_NONBLOCK can be done: OBF was 0 all the time');
    }
  }

  private wrong({ thread, name, result }: RawCallSeen, rule: string, why: string): void {
    this.view.sim.violate('errno', rule, `${thread} ${name}()`, `${name}() returned ${resultText(result)}, but one that ${why}`);
  }
}

const NAMES: Readonly<Record<number, string>> = { [EINTR]: 'EINTR', [EAGAIN]: 'EAGAIN', [EFAULT]: 'EFAULT', [EINVAL]: 'EINVAL' };

function resultText(result: number): string {
  return result < 0 ? `-${NAMES[-result] ?? -result}` : String(result);
}
