import { DelayedWork, Work, type WorkOps } from '../../linux/index.ts';
import { State, call, type Steps } from '../../sim/index.ts';
import type { Host, Offers } from './host.ts';
import { Objects, memberOf } from './objects.ts';

/** Work and delayed work, each on a kworker of its own. */
export function works(host: Host): Offers {
  const bodies = new Map<number, number>();
  /** `to_delayed_work(work)` in the body finds the struct by the address of the work in it, which comes first. */
  function* run(address: number): Steps {
    yield call(host.machine.enterPointer(bodies.get(address)!, address));
  }
  const plain = new Objects(host, 'work', (memory, name, address) => {
    const object = new Work(memory, name, () => run(address));
    return { object, ops: object.at(0) };
  });
  const delayed = new Objects(host, 'work', (memory, name, address) => {
    const object = new DelayedWork(memory, name, () => run(address));
    return { object, ops: object.work.at(0) };
  });
  const start = (work: Work): void => {
    if (work.task.ctx.state === State.dormant) work.start();
  };
  const known = (address: number): { readonly object: Work; readonly ops: WorkOps } => (
    plain.find(address) ?? host.machine.trap('work that was never initialised'));
  const later = (address: number): { readonly object: DelayedWork; readonly ops: WorkOps } => (
    delayed.find(address) ?? host.machine.trap('delayed work that was never initialised'));
  const flush = plain.step('flush_work', 'block', ({ object }, ctx) => object.flush(ctx));
  const flushLater = delayed.step('flush_delayed_work', 'block', ({ object }, ctx) => {
    object.hurry();
    return object.work.flush(ctx);
  });
  const schedule = delayed.step('__inband_schedule_delayed_work', 'compute', ({ object }, ctx) => object.schedule(ctx.arg));
  const modify = delayed.step('__inband_mod_delayed_work', 'compute', ({ object }, ctx) => object.modify(ctx.arg));
  const cancel = plain.step('cancel_work', 'compute', ({ object }) => object.cancelPending());
  const cancelLater = delayed.step('cancel_delayed_work', 'compute', ({ object }) => object.cancelPending());

  const after = (jiffies: number): void => {
    const { current } = host.kernel.sim;
    if (current !== null) current.arg = jiffies >>> 0;
  };
  /** 1 if it was pending. */
  function* cancelDelayedSync(site: number, address: number): Steps<number> {
    const { object, ops } = later(address);
    const timer = yield object.cancelTimerSync | host.machine.frames[site];
    const work = yield ops.cancelWorkSync | host.machine.frames[site];
    return timer | work;
  }
  return {
    __inband_init_work: ['value', (_t, _site, address, body, name) => {
      bodies.set(address, body);
      start(plain.at(address, memberOf(host.machine.memory.text(name))).object);
      return 0;
    }],
    __inband_init_delayed_work: ['value', (_t, _site, address, body, name) => {
      bodies.set(address, body);
      start(delayed.at(address, memberOf(host.machine.memory.text(name))).object.work);
      return 0;
    }],
    schedule_work: ['step', (_t, _site, address) => known(address).ops.scheduleWork],
    cancel_work_sync: ['step', (_t, _site, address) => known(address).ops.cancelWorkSync],
    cancel_work: ['step', (_t, _site, address) => cancel(address)],
    flush_work: ['step', (_t, _site, address) => flush(address)],
    work_pending: ['value', (_t, _site, address) => (known(address).object.isPending ? 1 : 0)],
    __inband_schedule_delayed_work: ['step', (_t, _site, address, jiffies) => {
      later(address);
      after(jiffies);
      return schedule(address);
    }],
    __inband_mod_delayed_work: ['step', (_t, _site, address, jiffies) => {
      later(address);
      after(jiffies);
      return modify(address);
    }],
    cancel_delayed_work: ['step', (_t, _site, address) => cancelLater(address)],
    cancel_delayed_work_sync: ['steps', (_t, site, address) => cancelDelayedSync(site, address)],
    flush_delayed_work: ['step', (_t, _site, address) => flushLater(address)],
    delayed_work_pending: ['value', (_t, _site, address) => (later(address).object.isPending ? 1 : 0)],
  };
}
