import type { Steps } from '../../sim/index.ts';
import { DriverBytes } from '../memory.ts';
import { UserAccess, type UserBuffer, type UserCopyOps } from '../../linux/index.ts';
import type { Host, Offers } from './host.ts';

/** The top bit marks an address of user space; the thread whose buffer it is, from bit 20 on. */
export const USER_SPACE = 0x8000_0000;
export const USER_SHIFT = 20;

/** The address that a driver is given for the buffer of `thread`. */
export function userAddress(thread: number): number {
  return (USER_SPACE | (thread << USER_SHIFT)) | 0;
}

const EFAULT_ALL = -1;

type Complaint = (index: number, how: 'read' | 'write') => void;

/** Allocation, and copies to and from user space. */
export function memory(host: Host): Offers {
  const uaccess = new UserAccess(host.kernel);
  const copyOps = new Map<number, UserCopyOps>();
  const opsAt = (site: number): UserCopyOps => {
    const frame = host.machine.frames[site];
    let ops = copyOps.get(frame);
    if (ops === undefined) {
      ops = uaccess.at(frame);
      copyOps.set(frame, ops);
    }
    return ops;
  };
  /** struct out_of_bounds_data: a source location of 12 bytes, then the type of the array: two u16 and its name, as 'u8[32]'. */
  const arrayType = (data: number): string => {
    const type = host.machine.memory.I32[(data + 12) >> 2];
    return host.machine.memory.text(type + 4).replaceAll('\'', '').replace(/ \(.*/, '');
  };
  const userAt = (address: number): { readonly user: UserBuffer; readonly offset: number } | undefined => {
    if (address >= 0) return undefined; // an address of the kernel, as access_ok() sees
    const bits = address & 0x7fff_ffff;
    const user = host.userOf(bits >> USER_SHIFT);
    return user === undefined ? undefined : { user, offset: bits & ((1 << USER_SHIFT) - 1) };
  };
  // One for each, made once: a function is told from others by which one it is, where states are compared.
  const complaints = new Map<string, Complaint>();
  const complaintAt = (site: number, size: number): Complaint => {
    const key = `${site} ${size}`;
    let complaint = complaints.get(key);
    if (complaint === undefined) {
      complaint = (index, how) => host.machine.outOfArray(site, index, size, how);
      complaints.set(key, complaint);
    }
    return complaint;
  };
  const bytes = (address: number, size: number, site: number): DriverBytes => new DriverBytes(host.machine.access, address, size, complaintAt(site, size));

  const memoryOf = (site: number): string => `the memory of ${host.machine.place(site)}`;

  function* copyToUser(site: number, to: number, from: number, n: number, size: number): Steps<number> {
    const target = userAt(to);
    const left = target === undefined ? EFAULT_ALL
      : yield* uaccess.copyToUser(opsAt(site), target.user, bytes(from, size, site), n, target.offset);
    return left === EFAULT_ALL ? n : left;
  }
  function* copyFromUser(site: number, to: number, from: number, n: number, size: number): Steps<number> {
    const source = userAt(from);
    const target = bytes(to, size, site);
    const left = source === undefined ? n >>> 0 : yield* uaccess.copyFromUser(opsAt(site), target, source.user, n, source.offset);
    // What could not be copied is zeroed (_copy_from_user()): no driver hands on what lay there before.
    for (let i = (n >>> 0) - left; i < n >>> 0; i++) target.set(i, 0);
    return left;
  }
  return {
    __inband_kzalloc: ['value', (_t, site, size) => host.machine.memory.allocate(size, site, memoryOf)],
    kfree: ['value', (_t, site, address) => {
      if (address !== 0) host.machine.memory.free(address, host.machine.place(site));
      return 0;
    }],
    __inband_copy_to_user: ['steps', (_t, site, to, from, n, size) => copyToUser(site, to, from, n, size)],
    __inband_copy_from_user: ['steps', (_t, site, to, from, n, size) => copyFromUser(site, to, from, n, size)],
    /** What memcpy() and its like in the headers find beyond the end of an array. */
    __inband_overflow: ['value', (_t, site, size, n, write) => {
      host.machine.outOfArray(site, n - 1, size, write !== 0 ? 'write' : 'read');
      return 0;
    }],
    /** -fsanitize=array-bounds: the index is beyond an array; the access comes all the same. */
    __ubsan_handle_out_of_bounds: ['value', (_t, site, data, index) => {
      const { kernel, machine } = host;
      const ctx = kernel.sim.current;
      if (ctx !== null) {
        kernel.breach('out-of-bounds', 'index-beyond-array', ctx, `${machine.place(site)}: index ${index} is beyond the end of ${arrayType(data)}`, machine.place(site));
      }
      return 0;
    }],
  };
}
