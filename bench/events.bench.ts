import { Prng } from '../src/sim/index.ts';
import { measure, type Case } from './measure.ts';
import { ListQueue, ObjectHeapQueue, SortedArrayQueue, type HoldModel } from './queues.ts';
import { deliver, row, times, type Row } from './result.ts';

/** Events of one call. */
const BATCH = 4096;
const SIZES = [4, 16, 64] as const;
/** Times after which a popped event is due again, ps: as steps have them, with ties. */
const DELAYS = delays();

function delays(): Float64Array {
  const prng = new Prng(1);
  return Float64Array.from({ length: BATCH }, () => (1 + prng.below(200)) * 10_000);
}

const QUEUES: readonly (readonly [string, new (due: Float64Array) => HoldModel])[] = [
  ['sorted list', ListQueue], ['sorted array', SortedArrayQueue], ['heap of objects', ObjectHeapQueue],
];

const rows: Row[] = [];
const ratios: Record<string, number> = {};
for (const size of SIZES) {
  const due = DELAYS.subarray(0, size);
  const sums = QUEUES.map(([, Queue]) => {
    const queue = new Queue(due);
    return [queue.hold(DELAYS), queue.hold(DELAYS)].join();
  });
  if (sums.some((sum) => sum !== sums[0])) throw new Error('the queues do not agree on the order');
  const cases = QUEUES.map(([name, Queue]): Case => {
    const queue = new Queue(due);
    return { name: `${name}, ${size} pending`, unit: 'events', ops: BATCH, run: () => void queue.hold(DELAYS) };
  });
  const [list, ...others] = measure(cases, 0.6);
  rows.push(row(list));
  others.forEach((other, i) => {
    const ratio = list.rate / other.rate;
    const [name] = QUEUES[i + 1];
    ratios[`list over ${name}, ${size} pending`] = ratio;
    rows.push(row(other, `the list is ${times(ratio)} as fast`));
  });
}

deliver({
  bench: 'events',
  notes: ['hold model: the earliest of N pending events is taken out and scheduled anew; all queues keep equal times in order'],
  rows,
  ratios,
});
