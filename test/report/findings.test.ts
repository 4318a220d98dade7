import { describe, expect, it } from 'vitest';
import type { Recording } from '../../src/report/recording.ts';
import { HOST, WIRE, type Row } from '../../src/report/rows.ts';
import { US } from '../../src/sim/index.ts';
import { FINDINGS, rowsShown } from './findings.ts';

/** Reads of a register by the host, samples of polls that were not simulated because they read the same among them. */
function readsIn({ acts, kinds, ops }: Recording, name: string): number {
  const open = new Map<number, number>();
  let reads = 0;
  for (const { actor, step, events } of acts) {
    const n = events.filter(({ code }) => kinds[code].name === name).length;
    if (step?.poll !== undefined) open.delete(actor); // that may have ended as nobody answered
    if (n === 0 || step === null) continue;
    if (step.poll !== undefined) {
      reads += step.poll.samples;
    } else if (ops.def(step.op).kind === 'poll') {
      open.set(actor, step.sampled ?? 0);
    } else {
      reads += n;
    }
  }
  return reads + [...open.values()].reduce((sum, samples) => sum + samples, 0);
}

/** As many as the rows say. */
function readsTold(rows: readonly Row[], register: string): number {
  let reads = 0;
  for (const { cells } of rows) {
    const times = new RegExp(`^polls ${register} (\\d+)x`).exec(cells[HOST]);
    reads += cells[HOST] === `reads ${register}` ? 1 : Number(times?.[1] ?? 0);
  }
  return reads;
}

describe('the rows of a finding tell as many reads as there are', () => {
  it.each(FINDINGS)('%s', (name) => {
    const { scene: { recording }, rows } = rowsShown(name, true);
    const status = readsIn(recording, 'host.str.read');
    const ctrl = readsIn(recording, 'host.bt.ctrl.read');
    expect(readsTold(rows, 'STATUS')).toBe(status);
    expect(readsTold(rows, 'BT_CTRL')).toBe(ctrl);
    // What is left out is not told, but nothing is told twice.
    const few = rowsShown(name, false).rows;
    expect(readsTold(few, 'STATUS')).toBeLessThanOrEqual(status);
    expect(readsTold(few, 'BT_CTRL')).toBeLessThanOrEqual(ctrl);
  });
});

/** What shows a value of a register, and when the register had it. */
interface Shown {
  readonly at: number;
  readonly text: string;
}

/** Each access to a register, as rows write it. */
function accessesIn({ acts, kinds }: Recording): readonly Shown[] {
  const hex = (value: number): string => `${value.toString(16).toUpperCase().padStart(2, '0')}h`;
  return acts.flatMap(({ events }) => events.flatMap(({ code, at, a, b, c }): Shown[] => {
    switch (kinds[code].name) {
      case 'bmc.odr.write':
        return [{ at, text: `ODR${c}:=${hex(a)}` }, { at, text: `ODR${c}=${hex(a)}` }];
      case 'host.odr.read':
        return [{ at, text: `ODR${c}=${hex(a)}` }];
      case 'bmc.str.write':
        return [{ at, text: `STR${c}:=${hex(b)}` }];
      case 'bmc.str.read':
        return [{ at, text: `STR${c} read: ${hex(a)}` }];
      case 'bmc.idr.read':
        return [{ at, text: `IDR${c} read: ${hex(a)}` }];
      case 'host.idr.write':
        return [{ at, text: `IDR${c}=${hex(a)}` }];
      case 'host.bt.ctrl.write':
      case 'bmc.bt.ctrl.write':
        return [{ at, text: `BT_CTRL=${hex(c)}` }];
      case 'host.bt.ctrl.read':
      case 'bmc.bt.ctrl.read':
        return [{ at, text: `BT_CTRL=${hex(a)}` }];
      case 'host.bt.fifo.write':
      case 'bmc.bt.fifo.read':
        return [{ at, text: 'HOST2BMC[' }];
      case 'bmc.bt.fifo.write':
      case 'host.bt.fifo.read':
        return [{ at, text: 'BMC2HOST[' }];
      default:
        return [];
    }
  }));
}

const VALUE = /(?:ODR|STR|IDR)\d(?::=| read: )[0-9A-F]{2}h|(?:ODR|IDR)\d=[0-9A-F]{2}h|BT_CTRL=[0-9A-F]{2}h|(?:HOST2BMC|BMC2HOST)\[/g;
/** So long may what one row tells have taken, ps. */
const ROW = 10 * US;

describe('a row stands at the time at which its registers have their values', () => {
  it.each(FINDINGS)('%s', (name) => {
    for (const all of [false, true]) {
      const { scene: { recording }, rows } = rowsShown(name, all);
      const accesses = new Map<string, number[]>();
      for (const { at, text } of accessesIn(recording)) {
        const times = accesses.get(text);
        if (times === undefined) accesses.set(text, [at]);
        else times.push(at);
      }
      const wrong = rows.filter(({ style }) => style === 'event').flatMap(({ at, cells }) => {
        const values = (cells[WIRE].match(VALUE) ?? []).map((value) => accesses.get(value)?.findLast((when) => when <= at) ?? -Infinity);
        if (values.length === 0) return [];
        // Every value is there, and the last of them has just come; of a handler's pass it is STR that comes last.
        const late = cells[WIRE].includes(', STR') && !cells[WIRE].includes(':=');
        return values.every((when) => at - when <= ROW) && (late || Math.max(...values) === at) ? [] : [`${at}: ${cells[WIRE]}`];
      });
      expect(wrong).toEqual([]);
    }
  });

  it('each byte that the BMC writes has its row, 00h as well', () => {
    const { scene: { recording }, rows } = rowsShown('kcs-read-aba', true);
    const written = accessesIn(recording).filter(({ text }) => /^ODR\d:=/.test(text));
    expect(rows.flatMap(({ at, cells }) => (cells[WIRE].match(/^ODR\d:=[0-9A-F]{2}h/) ?? []).map((text): Shown => ({ at, text })))).toEqual(written);
  });
});
