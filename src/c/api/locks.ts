import { Mutex, SpinLock, WaitQueue, type MutexOps, type SpinLockOps, type WaitQueueOps } from '../../linux/index.ts';
import type { Op } from '../../sim/index.ts';
import { DriverError } from '../error.ts';
import type { Host, Offers } from './host.ts';

/** The kernel's object behind an address of the driver's memory, and its steps. */
interface Known<T, Ops> {
  readonly object: T;
  readonly ops: Ops;
}

/** Objects of one kind by address: made when the driver initialises them, or where it does not, at their first use. */
class Objects<T, Ops> {
  private readonly known = new Map<number, Known<T, Ops>>();
  private readonly make: (address: number, name: string) => Known<T, Ops>;

  constructor(make: (address: number, name: string) => Known<T, Ops>) {
    this.make = make;
  }

  has(address: number): boolean {
    return this.known.has(address);
  }

  at(address: number, name = ''): Known<T, Ops> {
    let known = this.known.get(address);
    if (known === undefined) {
      known = this.made(address, name);
      this.known.set(address, known);
    }
    return known;
  }

  private made(address: number, name: string): Known<T, Ops> {
    try {
      return this.make(address, name);
    } catch (error) {
      if (error instanceof RangeError) throw new DriverError(`the driver has more locks and queues than can be told apart: ${error.message}`);
      throw error;
    }
  }
}

/** Spin locks, mutexes and wait queues: those of src/linux, found by the address of the driver's struct. */
export function locks(host: Host): Offers {
  const spins = new Objects<SpinLock, SpinLockOps>((address, name) => {
    const object = new SpinLock(host.machine.memory.allocationAt(address), name || 'lock');
    return { object, ops: object.at(0) };
  });
  const mutexes = new Objects<Mutex, MutexOps>((address, name) => {
    const object = new Mutex(host.machine.memory.allocationAt(address), name || 'mutex');
    return { object, ops: object.at(0) };
  });
  const queues = new Objects<WaitQueue, WaitQueueOps>((address, name) => {
    const object = new WaitQueue(host.machine.memory.allocationAt(address), name || 'queue', 'wake_up');
    return { object, ops: object.at(0) };
  });
  const init = (objects: Objects<unknown, unknown>): Offers[string] => ['value', (_t, _site, address, name) => {
    if (!objects.has(address)) objects.at(address, memberOf(host.machine.memory.text(name)));
    return 0;
  }];
  const spin = (which: keyof SpinLockOps): Offers[string] => ['object', (_t, _site, lock): Op => spins.at(lock).ops[which]];
  const mutex = (which: keyof MutexOps): Offers[string] => ['object', (_t, _site, lock): Op => mutexes.at(lock).ops[which]];
  const queue = (which: keyof WaitQueueOps): Offers[string] => ['object', (_t, _site, q): Op => queues.at(q).ops[which]];
  return {
    __inband_spin_lock_init: init(spins),
    spin_lock: spin('spinLock'),
    spin_unlock: spin('spinUnlock'),
    spin_lock_irq: spin('spinLockIrq'),
    spin_unlock_irq: spin('spinUnlockIrq'),
    __inband_spin_lock_irqsave: spin('spinLockIrqsave'),
    spin_unlock_irqrestore: spin('spinUnlockIrqrestore'),
    __inband_mutex_init: init(mutexes),
    mutex_lock: mutex('mutexLock'),
    mutex_unlock: mutex('mutexUnlock'),
    __inband_init_waitqueue_head: init(queues),
    __wake_up: queue('wakeUpInterruptible'),
    __inband_prepare_to_wait: queue('prepareToWait'),
    __inband_schedule_interruptible: queue('schedule'),
    __inband_finish_wait: ['value', (_t, _site, q) => {
      queues.at(q).object.finishWait();
      return 0;
    }],
    __inband_poll_wait: queue('pollWait'),
  };
}

/** `&priv->queue` -> `queue`. */
function memberOf(expression: string): string {
  return /(\w+)\W*$/.exec(expression)?.[1] ?? '';
}
