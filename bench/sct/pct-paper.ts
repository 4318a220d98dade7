import { Program } from './program.ts';

/*
 * The three kinds of bugs with which PCT is explained (Burckhardt et al., ASPLOS 2010, figure 1), each with `padding`
 * steps of each thread around, so that k is theirs to choose.
 */

/** Depth 1: the thread uses what its creator sets only after it has created it. */
export function ordering(padding: number): Program {
  const p = new Program();
  const t = p.variable('t');
  const child = p.thread('child', function* () {
    yield* p.locals(padding);
    p.assert((yield t.load) !== 0, 't is set');
  });
  return p.start(function* () {
    yield child.create;
    yield* p.locals(padding);
    yield t.store(1);
    yield child.join;
  });
}

/** Depth 2: the other clears the pointer between check and use. */
export function atomicity(padding: number): Program {
  const p = new Program();
  const pointer = p.variable('p', 1);
  const other = p.thread('other', function* () {
    yield* p.locals(padding);
    yield pointer.store(0);
  });
  return p.start(function* () {
    yield other.create;
    yield* p.locals(padding);
    if ((yield pointer.load) !== 0) p.assert((yield pointer.load) !== 0, 'p is still there');
    yield other.join;
  });
}

/** Depth 2: two locks, taken in opposite order. */
export function lockOrder(padding: number): Program {
  const p = new Program();
  const a = p.mutex('A');
  const b = p.mutex('B');
  const other = p.thread('other', function* () {
    yield* p.locals(padding);
    yield* p.acquire(b);
    yield* p.acquire(a);
    yield a.unlock;
    yield b.unlock;
  });
  return p.start(function* () {
    yield other.create;
    yield* p.locals(padding);
    yield* p.acquire(a);
    yield* p.acquire(b);
    yield b.unlock;
    yield a.unlock;
    yield other.join;
  });
}
