import { SmbusStatus } from '../../hw/i2c/smbus-host.ts';
import type { Op } from '../../sim/op.ts';
import type { Steps } from '../../sim/process.ts';
import { constant } from '../../sim/state.ts';
import { MS, type Ps } from '../../sim/time.ts';
import { CARELESS_BYTES, type CarelessMove, type Draw, type NextRequest } from '../careless.ts';
import { SILENT, type HostLog } from '../log.ts';
import { Exchange } from '../ssif/exchange.ts';
import type { ScriptedSmbus } from '../ssif/scripted-smbus.ts';
import type { SsifTime } from '../ssif/time.ts';

/** How long it leaves the BMC alone after a request. */
const PAUSE: Ps = 5 * MS;
/** Its sequence numbers: others than those of ipmi_bt_i2c. */
const FIRST_SEQ = 0x80;

/** An I2C controller that knows BT over I2C, but need not keep to it. */
export class CarelessBtI2c {
  readonly draw: Draw;
  readonly exchange: Exchange;
  readonly request = new Uint8Array(CARELESS_BYTES);
  length = 0;
  private readonly smbus: ScriptedSmbus;
  private readonly address: number;
  private readonly time: SsifTime;
  private readonly next: NextRequest;
  private readonly transfer: Op;
  private seq = FIRST_SEQ;

  constructor(smbus: ScriptedSmbus, address: number, time: SsifTime, draw: Draw, next: NextRequest, frame: number, log: HostLog = SILENT) {
    this.smbus = smbus;
    this.address = address;
    this.time = time.at('careless host');
    this.draw = draw;
    this.next = next;
    this.exchange = new Exchange(log);
    this.transfer = smbus.transferAt(frame);
  }

  reset(): void {
    this.request.fill(0); // a length that is a lie reads beyond the request
    this.length = 0;
    this.seq = FIRST_SEQ;
    this.exchange.open = false;
  }

  /** Takes the next request in hand. */
  compose(): void {
    this.length = this.next(this.request);
    this.seq = FIRST_SEQ | ((this.seq + 1) & 0x7f);
  }

  /** Writes the request in hand, `missing` bytes less, or `more` bytes behind it. */
  *write(missing = 0, more = 0): Steps<boolean> {
    const { smbus, request, length } = this;
    this.exchange.begin(request, length);
    smbus.clear().start(this.address, false).send(length + 1);
    if (missing < length) smbus.send(request[0]);
    if (missing < length - 1) smbus.send(this.seq);
    for (let i = 1; i < length - missing; i++) smbus.send(request[i]);
    for (let i = 0; i < more; i++) smbus.send(i);
    smbus.stop();
    const taken = (yield this.transfer) === SmbusStatus.OK;
    this.exchange.sent();
    return taken;
  }

  /** Reads so many bytes, whatever they are. */
  *read(count: number): Steps {
    this.smbus.clear().start(this.address, true).receive(count).stop();
    yield this.transfer;
  }

  *pause(): Steps {
    yield this.time.wait(this.time.now + PAUSE, false);
  }
}

/** What it may do; the first is what ipmi_bt_i2c does as well. */
export const CARELESS_BT_I2C_MOVES: readonly CarelessMove<CarelessBtI2c>[] = constant([
  { name: 'plain', legal: true, *run() {} },
  {
    name: 'a request whose response it does not read',
    legal: true,
    *run(host) {
      host.compose();
      yield* host.write();
      yield* host.pause();
      host.exchange.abandon('not read');
    },
  },
  {
    name: 'two requests before it reads a response',
    legal: true,
    *run(host) {
      host.compose();
      yield* host.write();
      host.compose();
      yield* host.write();
      host.exchange.abandon('not read');
    },
  },
  {
    name: 'part of a response',
    legal: true,
    *run(host) {
      host.compose();
      yield* host.write();
      yield* host.pause();
      yield* host.read(1 + host.draw(host.length + 2, 'bytes read'));
      host.exchange.abandon('not read');
    },
  },
  {
    name: 'part of a request',
    legal: true,
    *run(host) {
      host.compose();
      yield* host.write(1 + host.draw(host.length, 'bytes missing'));
      host.exchange.abandon('broken off');
    },
  },
  {
    name: 'bytes behind a request',
    legal: false,
    *run(host) {
      host.compose();
      host.exchange.log.broke('11.3', 'bytes behind a request');
      yield* host.write(0, 1 + host.draw(4, 'bytes more'));
      yield* host.pause();
      host.exchange.abandon('not read');
    },
  },
  {
    name: 'a read of nothing',
    legal: true,
    *run(host) {
      yield* host.read(1 + host.draw(8, 'bytes read'));
    },
  },
]);
