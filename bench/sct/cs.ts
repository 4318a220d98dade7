import type { Steps } from '../../src/sim/index.ts';
import { Program, type Thread } from './program.ts';

/*
 * Programs of SCTBench (Thomson, Donaldson, Betts: Concurrency Testing Using Controlled Schedulers, TOPC 2016), folder
 * CS, modelled after their C sources. How many accesses to variables of its own a statement makes is read off what
 * clang -O0 makes of it; a result that is not used is spilt, too.
 */

/** CS/bluetooth_driver: a stop comes between the look at stoppingFlag and the count of pending I/O. */
export function bluetoothDriver(): Program {
  const p = new Program();
  const m = p.mutex('atomic');
  const pendingIo = p.variable('pendingIo');
  const stoppingFlag = p.variable('stoppingFlag');
  const stoppingEvent = p.variable('stoppingEvent');
  const stopped = p.variable('stopped');

  function* atomicBegin(): Steps {
    yield* p.acquire(m);
    yield p.local;
  }

  function* atomicEnd(): Steps {
    yield m.unlock;
    yield p.local;
  }

  function* ioIncrement(): Steps<number> {
    yield* p.locals(2);
    if ((yield stoppingFlag.load) !== 0) {
      yield* p.locals(2);
      return -1;
    }
    yield* atomicBegin();
    yield p.local;
    const pending = yield pendingIo.load;
    yield p.local;
    yield pendingIo.store(pending + 1);
    yield* atomicEnd();
    yield* p.locals(2);
    return 0;
  }

  function* ioDecrement(): Steps {
    yield p.local;
    yield* atomicBegin();
    yield p.local;
    const pending = yield pendingIo.load;
    yield p.local;
    yield pendingIo.store(pending - 1);
    yield p.local;
    const left = yield pendingIo.load;
    yield p.local;
    yield* atomicEnd();
    yield p.local;
    if (left !== 0) return;
    yield p.local;
    yield stoppingEvent.store(1);
  }

  const pnpAdd = p.thread('PnpAdd', function* () {
    yield* p.locals(2);
    const status = yield* ioIncrement();
    yield* p.locals(2);
    if (status === 0) p.assert((yield stopped.load) === 0, '!stopped');
    yield p.local;
    yield* ioDecrement();
  });

  const pnpStop = p.thread('PnpStop', function* () {
    yield* p.locals(4);
    yield stoppingFlag.store(1);
    yield p.local;
    yield* ioDecrement();
    yield p.local;
    if ((yield stoppingEvent.load) !== 0) yield stopped.store(1);
  });

  return p.start(function* () {
    yield pendingIo.store(1);
    yield stoppingFlag.store(0);
    yield stoppingEvent.store(0);
    yield stopped.store(0);
    for (const thread of [pnpStop, pnpAdd]) {
      yield p.local; // &e, kept in memory across the calls
      yield thread.create;
      yield* p.locals(2); // back; what it returned
    }
    for (const thread of [pnpAdd, pnpStop]) {
      yield p.local;
      if ((yield thread.join) === 1) yield p.local;
      yield p.local;
    }
  });
}

/** CS/account: the check is wrong whenever deposit and withdrawal have both been made. */
export function account(): Program {
  const p = new Program();
  const m = p.mutex('m');
  const [x, y, z, balance] = ['x', 'y', 'z', 'balance'].map((name) => p.variable(name));
  const depositDone = p.variable('deposit_done');
  const withdrawDone = p.variable('withdraw_done');

  function* locked(body: () => Steps): Steps {
    yield p.local;
    yield* p.acquire(m);
    yield p.local;
    yield* body();
    yield m.unlock;
    yield p.local;
  }

  const deposit = p.thread('deposit', () => locked(function* () {
    const before = yield balance.load;
    yield balance.store(before + (yield y.load));
    yield depositDone.store(1);
  }));
  const withdraw = p.thread('withdraw', () => locked(function* () {
    const before = yield balance.load;
    yield balance.store(before - (yield z.load));
    yield withdrawDone.store(1);
  }));
  const checkResult = p.thread('check_result', () => locked(function* () {
    if ((yield depositDone.load) === 0 || (yield withdrawDone.load) === 0) return;
    const now = yield balance.load;
    const expected = (yield x.load) - (yield y.load) - (yield z.load);
    p.assert(now === expected, 'balance == (x - y) - z');
  }));

  return p.start(function* () {
    yield x.store(1);
    yield y.store(2);
    yield z.store(4);
    yield balance.store(1);
    for (const thread of [checkResult, deposit, withdraw]) {
      yield thread.create;
      yield* p.locals(2);
    }
    for (const thread of [withdraw, deposit, checkResult]) yield* joining(p, thread, 1);
  });
}

/** CS/reorder_n: `sets` threads write a, then b; `checks` threads see the one written and the other not. */
export function reorder(sets: number, checks: number): Program {
  const p = new Program();
  const a = p.variable('a');
  const b = p.variable('b');
  const setters = many(sets, (i) => p.thread(`set${i}`, function* () {
    yield p.local;
    yield a.store(1);
    yield b.store(-1);
  }));
  const checkers = many(checks, (i) => p.thread(`check${i}`, function* () {
    yield p.local;
    if ((yield a.load) === 0 && (yield b.load) === 0) return;
    if ((yield a.load) === 1 && (yield b.load) === -1) return;
    p.assert(false, 'a and b are set together');
  }));
  return p.start(() => pools(p, [setters, checkers]));
}

/** CS/twostage_n: two data, a lock for each; `stages` threads write both, `reads` threads see only the first. */
export function twostage(stages: number, reads: number): Program {
  const p = new Program();
  const data1 = p.variable('data1Value');
  const data2 = p.variable('data2Value');
  const lock1 = { pointer: p.variable('data1Lock'), mutex: p.mutex('*data1Lock') };
  const lock2 = { pointer: p.variable('data2Lock'), mutex: p.mutex('*data2Lock') };

  function* locked<T>({ pointer, mutex }: typeof lock1, body: () => Steps<T>): Steps<T> {
    yield pointer.load;
    yield* p.acquire(mutex);
    yield p.local;
    const result = yield* body();
    yield pointer.load;
    yield mutex.unlock;
    yield p.local;
    return result;
  }

  const writers = many(stages, (i) => p.thread(`funcA${i}`, function* () {
    yield p.local;
    yield* locked(lock1, function* () {
      yield data1.store(1);
    });
    yield* locked(lock2, function* () {
      yield data2.store((yield data1.load) + 1);
    });
  }));
  const readers = many(reads, (i) => p.thread(`funcB${i}`, function* () {
    yield* p.locals(3);
    const t1 = yield* locked(lock1, function* () {
      if ((yield data1.load) === 0) return 0;
      const value = yield data1.load;
      yield p.local;
      return value;
    });
    if (t1 === 0) {
      yield* p.locals(2);
      return;
    }
    const t2 = yield* locked(lock2, function* () {
      const value = yield data2.load;
      yield p.local;
      return value;
    });
    yield* p.locals(2);
    p.assert(t2 === t1 + 1, 't2 == t1 + 1');
    yield* p.locals(2);
  }));
  return p.start(function* () {
    for (const { pointer } of [lock1, lock2]) {
      yield pointer.store(1); // malloc()
      yield* p.locals(2); // pthread_mutex_init(); err =
    }
    yield* pools(p, [writers, readers]);
  });
}

function many<T>(n: number, make: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => make(i));
}

/** main() of those with pools of threads: creates one pool after the other, then joins them. */
function* pools(p: Program, all: readonly (readonly Thread[])[]): Steps {
  yield* p.locals(8);
  for (const pool of all) {
    yield p.local;
    for (const thread of pool) {
      yield* p.locals(4); // i < n; &pool[i]
      yield thread.create;
      yield* p.locals(4); // back; err =; i++
    }
    yield* p.locals(2);
  }
  for (const pool of all) {
    yield p.local;
    for (const thread of pool) {
      yield* p.locals(4);
      yield* joining(p, thread, 1);
      yield* p.locals(3);
    }
    yield* p.locals(2);
  }
}

/** pthread_join(), with the accesses that its argument takes. */
function* joining(p: Program, thread: Thread, argument: number): Steps {
  yield* p.locals(argument);
  if ((yield thread.join) === 1) yield p.local;
}
