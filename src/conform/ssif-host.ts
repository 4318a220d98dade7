import type { Op } from '../sim/op.ts';
import type { Steps } from '../sim/process.ts';
import type { Ps } from '../sim/time.ts';
import type { HostLog } from '../host/log.ts';
import { I2C_SMBUS_BLOCK_MAX, type SmbusAdapter } from '../host/ssif/smbus.ts';
import { SMBUS_KINDS } from '../host/ssif/smbus-kinds.ts';
import { QEMU_CAPABILITIES, Ssif } from '../host/ssif/ssif.ts';
import { ssifDetect, ssifProbe } from '../host/ssif/ssif-probe.ts';
import { NEVER, type SsifTime } from '../host/ssif/time.ts';
import type { Recording } from './recording.ts';
import { TransactionLog, type HostResult, type Mismatch } from './transactions.ts';
import {
  SSIF_EVENTS, endsWith08, flagFetchAhead, probeAhead, quickAhead, requestAhead, ssifRecord, type SsifEvent, type SsifEventKind,
  type SsifRecord,
} from './ssif-record.ts';

/** Makes the driver that is compared; for trying the comparison on an altered one. */
export type MakeDriver = (smbus: SmbusAdapter, time: SsifTime, log: HostLog) => Ssif;

/** A step without an event on the bus: any wait. The recording says what came next. */
const WAIT: Op = SSIF_EVENTS.length;
const VALUE_SHIFT = 8;
/** i801 and piix4 are the same as far as ipmi_ssif can tell without errors on the bus. */
const RECORDED = SMBUS_KINDS.i801;

/**
 * Compares what ipmi_ssif did on its bus with the host model, event by event.
 *
 * The model is fed each recorded byte that the host received, and its next event has to be the recorded one, in kind,
 * address and, of bytes sent, value. What the bus cannot tell comes from the recording: when the driver was loaded, when a
 * request of the upper layer was pending, and its bytes (by the header, if it has them). What the driver sends on its own
 * (its start, and what follows the flags) comes from the model, as do parts, block numbers and the order of all.
 *
 * @throws {RecordingError} if it is not such a recording
 */
export function compareSsifHost(
  recording: Recording,
  make: MakeDriver = (smbus, time, log) => new Ssif(smbus, time, log),
): HostResult {
  return new Comparison(ssifRecord(recording), make).run();
}

class Comparison implements SmbusAdapter, SsifTime {
  private readonly record: SsifRecord;
  private readonly make: MakeDriver;
  private readonly address: number;
  /** The next recorded event. */
  private cursor = 0;
  private readonly exchanged = new TransactionLog();
  /** The model's time: it passes in waits only. */
  now: Ps = 0;
  /** Has no effect: the recorded controllers are emulated without PEC. */
  pec = false;

  constructor(record: SsifRecord, make: MakeDriver) {
    this.record = record;
    this.make = make;
    this.address = record.events[0].address;
      }

  run(): HostResult {
    const { events } = this.record;
    const session = this.session();
    let value = 0;
    let first: Mismatch | undefined;
    for (;;) {
      const { done, value: op } = session.next(value);
      const event = events[this.cursor];
      if (done === true) {
        if (event !== undefined) first = { i: event.i, expected: describe(event), got: 'nothing: no request is pending' };
        break;
      }
      if (op === WAIT) continue;
      if (event === undefined) break;
      if (!this.matches(op, event)) {
        first = { i: event.i, expected: describe(event), got: describeOp(op) };
        break;
      }
      ({ value } = event);
      this.cursor++;
    }
    return this.exchanged.result(this.cursor, first, this.record.transactions, events.at(-1)?.i ?? 0);
  }

  /** Everything that the driver does while it is recorded. */
  private *session(): Steps {
    const { events, session, transactions } = this.record;
    let ssif = this.driver();
    while (this.cursor < events.length) {
      if (session && probeAhead(events, this.cursor)) {
        ssif = this.driver();
        if (quickAhead(events, this.cursor) && (yield* ssifDetect(ssif)) !== 0) continue;
        yield* ssifProbe(ssif);
      } else {
        const ahead = requestAhead(events, this.cursor);
        if (ahead === undefined) return;
        const request = transactions?.[this.exchanged.begun]?.req ?? ahead;
        if (flagFetchAhead(events, this.cursor)) ssif.info.watchTimeout();
        else ssif.send(request, request.length);
        yield* this.finish(ssif);
      }
    }
  }

  /** Goes on until the driver asks for no transaction and waits for none. */
  private *finish(ssif: Ssif): Steps {
    const { info } = ssif;
    while (info.command !== 0 || info.retryTimer !== NEVER) {
      yield* ssif.idle(info.command === 0 ? info.retryTimer : this.now);
    }
  }

  /** A driver as just loaded, at a BMC like the recorded ones: what it can do shows only in the probe. */
  private driver(): Ssif {
    const ssif = this.make(this, this, this.exchanged.log);
    ssif.probed({ ...QEMU_CAPABILITIES, cmd8Works: endsWith08(this.record.events) });
    return ssif;
  }

  private matches(op: Op, event: SsifEvent): boolean {
    const kind = kindOf(op);
    return kind === event.kind && event.address === this.address && (kind !== 'send' || op >> VALUE_SHIFT === event.value);
  }

  // ---- SmbusAdapter: the bus is the recording -------------------------------------------------

  *quickWrite(): Steps<number> {
    yield op('start_send');
    yield op('finish');
    return 0;
  }

  *blockWrite(command: number, data: Uint8Array, length: number): Steps<number> {
    if (length === 0) return RECORDED.noData;
    yield op('start_send');
    yield op('send', command);
    yield op('send', length);
    for (let i = 0; i < length; i++) yield op('send', data[i]);
    yield op('finish');
    return 0;
  }

  *blockRead(command: number, data: Uint8Array): Steps<number> {
    yield op('start_send');
    yield op('send', command);
    yield op('start_recv');
    const count = yield op('recv');
    for (let i = 0; i < Math.min(count, I2C_SMBUS_BLOCK_MAX); i++) data[i] = yield op('recv');
    yield op('nack');
    yield op('finish');
    return count === 0 || count > I2C_SMBUS_BLOCK_MAX ? RECORDED.badCount : count;
  }

  // ---- SsifTime -------------------------------------------------------------------------------

  wait(deadline: Ps): Op {
    this.now = Math.max(this.now, deadline);
    return WAIT;
  }

  wake(): void {}

  at(): SsifTime {
    return this;
  }
}

function op(kind: SsifEventKind, value = 0): Op {
  return SSIF_EVENTS.indexOf(kind) | (value << VALUE_SHIFT);
}

function kindOf(step: Op): SsifEventKind {
  return SSIF_EVENTS[step & 0xff];
}

function describe({ kind, address, value }: SsifEvent): string {
  if (kind === 'send' || kind === 'recv') return `${kind} ${byte(value)}`;
  return kind === 'nack' || kind === 'finish' ? kind : `${kind} ${byte(address)}`;
}

function describeOp(step: Op): string {
  const kind = kindOf(step);
  return kind === 'send' ? `send ${byte(step >> VALUE_SHIFT)}` : kind;
}

function byte(value: number): string {
  return `${value.toString(16).padStart(2, '0')}h`;
}
