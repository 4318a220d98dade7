import { describe, expect, it } from 'vitest';
import { Pristine } from '../../../src/explore/prove/pristine.ts';
import { Visible } from '../../../src/explore/prove/visible.ts';
import { WireRequest } from '../../../src/oracles/request-log.ts';
import { STATE, constant } from '../../../src/sim/index.ts';
import { Toy } from '../toys.ts';

class Register {
  value = 0;
}

function hashes(root: object): () => string {
  const visible = new Visible(root);
  return () => {
    visible.take();
    return `${visible.low} ${visible.high}`;
  };
}

describe('tables that never change', () => {
  it('are frozen with the tables and lists in them, but not with what has a class', () => {
    const table = constant({ op: 1, nested: { ops: [2, 3] }, io: new Register() });
    expect([table, table.nested, table.nested.ops].every((part) => Object.isFrozen(part))).toBe(true);
    expect(Object.isFrozen(table.io)).toBe(false);
  });

  it('hide no state: an object that only they lead to is seen, and put back', () => {
    const io = new Register();
    const root = { driver: { in: constant({ open: { op: 1, io } }) } };
    const hash = hashes(root);
    const before = hash();
    const pristine = new Pristine(root);
    io.value = 7;
    expect(hash()).not.toBe(before);
    pristine.restore();
    expect(io.value).toBe(0);
    expect(hash()).toBe(before);
  });

  it('are told apart: which of two stands in a field is state', () => {
    const moves = constant([{ name: 'plain' }, { name: 'plain' }]);
    const root = { moves, move: moves[0] };
    const hash = hashes(root);
    const first = hash();
    root.move = moves[1];
    const second = hash();
    expect(second).not.toBe(first);
    root.move = moves[0];
    expect(hash()).toBe(first);
  });
});

describe('what says itself what of it is state', () => {
  it('is seen by that alone', () => {
    const root = { cache: { asked: 0, kept: 0, [STATE](tell: (part: unknown) => void) { tell(this.kept); } } };
    const hash = hashes(root);
    const before = hash();
    root.cache.asked = 1;
    expect(hash()).toBe(before);
    root.cache.kept = 1;
    expect(hash()).not.toBe(before);
  });

  it('a request is, of its bytes, those that it has, and each of its other fields', () => {
    const request = new WireRequest();
    const hash = hashes(request);
    const empty = hash();
    request.append(0x18);
    const one = hash();
    expect(one).not.toBe(empty);
    request.reset();
    expect(request.bytes[0]).toBe(0x18);
    expect(hash()).toBe(empty);
    for (const field of Object.keys(request).filter((name) => name !== 'bytes')) {
      const fields = request as unknown as Record<string, unknown>;
      const value = fields[field];
      fields[field] = typeof value === 'boolean' ? !value : 5;
      expect(hash(), field).not.toBe(empty);
      fields[field] = value;
      expect(hash(), field).toBe(empty);
    }
  });
});

describe('fields of a system', () => {
  it('are all seen: a variable that only the toy knows', () => {
    const toy = new Toy();
    toy.vars['x'] = 0;
    const hash = hashes(toy);
    const before = hash();
    toy.vars['x'] = 1;
    expect(hash()).not.toBe(before);
  });
});
