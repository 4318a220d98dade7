import type { Host, Offers } from './host.ts';

/** memcpy() and its like, and what orders accesses of memory: told to the race detector, if there is one. */
export function strings(host: Host): Offers {
  /** Byte by byte, so that each one that may not be touched is a finding of its own. */
  const copy = (to: number, from: number, n: number, site: number, backwards: boolean): void => {
    const { machine } = host;
    for (let i = 0; i < n; i++) {
      const at = backwards ? n - 1 - i : i;
      machine.store8(to + at, machine.load8(from + at, site), site);
    }
  };
  return {
    __inband_memcpy: ['value', (t, site, to, from, n) => {
      const { races } = host.machine;
      races?.copied(from, n, false, site, t.chain);
      races?.copied(to, n, true, site, t.chain);
      copy(to, from, n >>> 0, site, false);
      return to;
    }],
    __inband_memmove: ['value', (t, site, to, from, n) => {
      const { races } = host.machine;
      races?.copied(from, n, false, site, t.chain);
      races?.copied(to, n, true, site, t.chain);
      copy(to, from, n >>> 0, site, to >>> 0 > from >>> 0);
      return to;
    }],
    __inband_memset: ['value', (t, site, to, c, n) => {
      const { machine } = host;
      machine.races?.copied(to, n, true, site, t.chain);
      for (let i = 0; i < n >>> 0; i++) machine.store8(to + i, c, site);
      return to;
    }],
    __inband_unordered: ['value', () => {
      host.machine.races?.unordered();
      return 0;
    }],
    __inband_fence: ['value', (_t, _site, kind) => {
      host.machine.races?.fence(kind);
      return 0;
    }],
    __inband_store_release: ['value', (_t, _site, address) => {
      host.machine.races?.release(address);
      return 0;
    }],
    __inband_load_acquire: ['value', (_t, _site, address) => {
      host.machine.races?.acquire(address);
      return 0;
    }],
  };
}
