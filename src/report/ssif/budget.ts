import type { Ps } from '../../sim/index.ts';
import { callsOf } from '../calls.ts';
import type { Budget } from '../medium.ts';
import { nameOf, type Recording } from '../recording.ts';
import type { SsifConversation, Part } from './conversation.ts';
import { legsOf } from './hops.ts';
import { passesOf, type Pass } from './passes.ts';
import { SlaveEvent } from './text.ts';
import type { Transaction } from './transactions.ts';

/** SCL that the BMC holds. */
interface Stretch {
  readonly from: Ps;
  /** When the BMC lets go, and when SCL is high for that. */
  readonly let: Ps;
  readonly to: Ps;
}

/**
 * The budget of every request that was answered. On the bus: bits and conditions (hardware: SMBus 2.0 section 3.1.1), and
 * SCL that is held for the interrupt, by the drivers, and until it has risen. In between it goes by what waits for
 * what: the BMC until the response is there, from then on the host, however long it would have waited anyway. tBUF
 * passes while the host prepares its next transaction.
 */
export function budgetsOf(recording: Recording, conversation: SsifConversation): readonly Budget[] {
  const passes = passesOf(recording);
  const calls = callsOf(recording);
  const stretches = stretchesOf(recording, conversation.bus);
  const bits = bitsOf(conversation.parts, stretches);
  return conversation.messages.flatMap((message) => {
    if (message.kind !== 'request' || message.ending !== 'answered') return [];
    const { woke, read, write, written, asked } = legsOf(recording, conversation, calls, message);
    const end = passes.find(({ run, events }) => run.entered >= message.sent && events.some(({ event }) => event === SlaveEvent.STOP));
    if (end === undefined || woke < 0 || read < 0 || written < 0 || asked < written) return [];
    const done = recording.acts[end.run.acts[end.run.acts.length - 1]].at;
    const awake = Math.max(done, woke);
    const parts = conversation.parts.filter((part) => part.message === message);
    const onBus = parts.filter(({ transaction }) => transaction.to <= message.sent || transaction.from >= asked);
    const bus = sums(onBus.map(({ transaction }) => busTime(transaction, stretches, passes, bits)));
    const host = message.to - message.from - sum(onBus.map(({ transaction }) => transaction.to - transaction.from)) - (written - message.sent);
    const shares = [
      { name: 'bus: bits', time: bus.bits },
      { name: 'bus: START, repeated START and STOP', time: bus.conditions },
      { name: 'SCL held: interrupt latency', time: bus.interrupt },
      { name: 'SCL held: drivers', time: bus.drivers },
      { name: 'SCL held: until it has risen', time: bus.release },
      { name: 'interrupt latency of the last STOP', time: end.run.entered - message.sent },
      { name: 'drivers: handler, read() and write()', time: done - end.run.entered + (read - awake) + (written - write) },
      { name: 'daemon: wake-up', time: awake - done },
      { name: 'daemon: from read() to write()', time: write - read },
      { name: 'host: waits and gaps', time: host },
    ];
    return [{ message, total: message.to - message.from, shares }];
  });
}

function stretchesOf(recording: Recording, bus: number): readonly Stretch[] {
  return recording.acts.flatMap(({ events }) => events.filter((event) => nameOf(recording, event) === 'i2c.stretch' && event.c === bus)
    .map(({ at, a, b }) => ({ from: at + b - a, let: at, to: at + b })));
}

/** How long a byte with its ACK takes on this bus when nobody holds SCL: the shortest that there is. */
function bitsOf(parts: readonly Part[], stretches: readonly Stretch[]): Ps {
  let shortest = Infinity;
  for (const { transaction: { items } } of parts) {
    for (const [i, item] of items.entries()) {
      if (item.what !== 'byte' || i === 0) continue;
      const held = sum(within(stretches, items[i - 1].at, item.at).map(({ from, to }) => to - from));
      shortest = Math.min(shortest, item.at - items[i - 1].at - held);
    }
  }
  return shortest === Infinity ? 0 : shortest;
}

function within(stretches: readonly Stretch[], from: Ps, to: Ps): readonly Stretch[] {
  return stretches.filter((stretch) => stretch.from >= from && stretch.to <= to);
}

interface BusTime {
  readonly bits: Ps;
  readonly conditions: Ps;
  readonly interrupt: Ps;
  readonly drivers: Ps;
  readonly release: Ps;
}

function busTime({ from, to, items }: Transaction, stretches: readonly Stretch[], passes: readonly Pass[], byte: Ps): BusTime {
  const held = within(stretches, from, to);
  const bits = items.filter(({ what }) => what !== 'stop').length * byte;
  const interrupt = sum(held.map((stretch) => waiting(stretch, passes)));
  return {
    bits,
    conditions: to - from - bits - sum(held.map((stretch) => stretch.to - stretch.from)),
    interrupt,
    drivers: sum(held.map((stretch) => stretch.let - stretch.from)) - interrupt,
    release: sum(held.map((stretch) => stretch.to - stretch.let)),
  };
}

/** The part of a stretch before the handler that ends it is entered. */
function waiting({ from, let: end }: Stretch, passes: readonly Pass[]): Ps {
  const pass = passes.findLast(({ run }) => run.entered <= end);
  return pass === undefined ? 0 : Math.max(0, pass.run.entered - from);
}

function sums(all: readonly BusTime[]): BusTime {
  const of = (key: keyof BusTime): Ps => sum(all.map((one) => one[key]));
  return { bits: of('bits'), conditions: of('conditions'), interrupt: of('interrupt'), drivers: of('drivers'), release: of('release') };
}

function sum(all: readonly Ps[]): Ps {
  return all.reduce((before, one) => before + one, 0);
}
