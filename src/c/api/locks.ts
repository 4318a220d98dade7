import { Mutex, SpinLock, type MutexOps, type SpinLockOps } from '../../linux/index.ts';
import type { Op } from '../../sim/index.ts';
import type { Host, Offers } from './host.ts';
import { Objects, memberOf } from './objects.ts';

/** A spin lock, and its steps. */
export interface KnownSpin {
  readonly object: SpinLock;
  readonly ops: SpinLockOps;
}

/** The spin locks of a driver. */
export function spinLocks(host: Host): Objects<KnownSpin> {
  return new Objects(host, 'lock', (memory, name) => {
    const object = new SpinLock(memory, name);
    return { object, ops: object.at(0) };
  });
}

/** Spin locks and mutexes: those of src/linux, found by the address of the driver's struct. */
export function locks(host: Host, spins: Objects<KnownSpin>): Offers {
  const mutexes = new Objects(host, 'mutex', (memory, name) => {
    const object = new Mutex(memory, name);
    return { object, ops: object.at(0) };
  });
  const init = (objects: Objects<unknown>): Offers[string] => ['value', (_t, _site, address, name) => {
    if (objects.find(address) === undefined) objects.at(address, memberOf(host.machine.memory.text(name)));
    return 0;
  }];
  const spin = (which: keyof SpinLockOps): Offers[string] => ['object', (_t, _site, lock): Op => spins.at(lock).ops[which]];
  const mutex = (which: keyof MutexOps): Offers[string] => ['object', (_t, _site, lock): Op => mutexes.at(lock).ops[which]];
  const spinTrylock = spins.step('spin_trylock', 'compute', ({ object }, ctx) => object.tryLock(ctx));
  const spinTrylockIrqsave = spins.step('__inband_spin_trylock_irqsave', 'compute', ({ object }, ctx) => (
    object.tryLock(ctx, true) === 0 ? 0 : 1 | object.saved(ctx)));
  const mutexTrylock = mutexes.step('mutex_trylock', 'compute', ({ object }, ctx) => object.tryLock(ctx));
  const mutexLockInterruptible = mutexes.step('mutex_lock_interruptible', 'block', ({ object }, ctx) => object.lockInterruptible(ctx));
  return {
    __inband_spin_lock_init: init(spins),
    spin_lock: spin('spinLock'),
    spin_unlock: spin('spinUnlock'),
    spin_lock_irq: spin('spinLockIrq'),
    spin_unlock_irq: spin('spinUnlockIrq'),
    __inband_spin_lock_irqsave: ['object', (_t, _site, lock): Op => spins.at(lock).object.irqsave],
    spin_unlock_irqrestore: ['step', (_t, _site, lock, flags): Op => spins.at(lock).object.irqrestore(flags)],
    spin_trylock: ['object', (_t, _site, lock) => spinTrylock(lock)],
    __inband_spin_trylock_irqsave: ['object', (_t, _site, lock) => spinTrylockIrqsave(lock)],
    spin_is_locked: ['value', (_t, _site, lock) => (spins.at(lock).object.held ? 1 : 0)],
    __inband_mutex_init: init(mutexes),
    mutex_lock: mutex('mutexLock'),
    mutex_unlock: mutex('mutexUnlock'),
    mutex_trylock: ['object', (_t, _site, lock) => mutexTrylock(lock)],
    mutex_lock_interruptible: ['object', (_t, _site, lock) => mutexLockInterruptible(lock)],
    mutex_is_locked: ['value', (_t, _site, lock) => (mutexes.at(lock).object.held ? 1 : 0)],
  };
}
