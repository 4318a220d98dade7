import type { DaemonWitness } from '../daemon/index.ts';
import type { HostLog } from '../host/index.ts';
import type { Oracle, RequestLog } from '../oracles/index.ts';

/** An oracle that has a certain hook. */
export type Hooked<K extends keyof Oracle> = Oracle & Required<Pick<Oracle, K>>;

/** Those of `oracles` that have the hook `name`: nobody is asked for it while the system runs. */
export function hooked<K extends keyof Oracle>(oracles: readonly Oracle[], name: K): readonly Hooked<K>[] {
  return oracles.filter((oracle): oracle is Hooked<K> => oracle[name] !== undefined);
}

/** Tells `oracles` what the daemon sees; `settled` is called where phase and STR must agree again. */
export function daemonWitness(oracles: readonly Oracle[], settled: () => void): DaemonWitness {
  const closes = hooked(oracles, 'daemonCloses');
  const closed = hooked(oracles, 'daemonClosed');
  const reads = hooked(oracles, 'daemonReads');
  const read = hooked(oracles, 'daemonRead');
  const wrote = hooked(oracles, 'daemonWrote');
  return {
    opened: settled,
    closes(thread) {
      for (const oracle of closes) oracle.daemonCloses(thread);
    },
    closed(thread) {
      for (const oracle of closed) oracle.daemonClosed(thread);
      settled();
    },
    reads(thread) {
      for (const oracle of reads) oracle.daemonReads(thread);
    },
    read(result) {
      for (const oracle of read) oracle.daemonRead(result);
      settled();
    },
    wrote(result) {
      for (const oracle of wrote) oracle.daemonWrote(result);
      settled();
    },
    aborted() {},
    exited() {},
  };
}

/** Tells `oracles` what the host's drivers say of themselves. */
export function hostLog(oracles: readonly Oracle[], wire: RequestLog): HostLog {
  const began = hooked(oracles, 'hostBegan');
  const abandoned = hooked(oracles, 'hostAbandoned');
  const responded = hooked(oracles, 'hostResponded');
  const broke = hooked(oracles, 'hostBroke');
  const gaveUp = hooked(oracles, 'hostGaveUp');
  return {
    began(request, length) {
      for (const oracle of began) oracle.hostBegan(request, length);
    },
    sent() {},
    abandoned(why) {
      wire.abandon();
      for (const oracle of abandoned) oracle.hostAbandoned(why);
    },
    responded(response, length) {
      for (const oracle of responded) oracle.hostResponded(response, length);
    },
    broke(section, what) {
      for (const oracle of broke) oracle.hostBroke(section, what);
    },
    gaveUp(what) {
      for (const oracle of gaveUp) oracle.hostGaveUp(what);
    },
  };
}
