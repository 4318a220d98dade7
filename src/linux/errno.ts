/** Error numbers of asm-generic/errno*.h that the models use; functions return them negated. */
export const EINTR = 4;
export const EIO = 5;
export const ENXIO = 6;
export const E2BIG = 7;
export const EBADF = 9;
/** Also EWOULDBLOCK. */
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EFAULT = 14;
export const EBUSY = 16;
export const ENODEV = 19;
export const EINVAL = 22;
export const ENOTTY = 25;
export const EDEADLK = 35;
export const ENOSYS = 38;
export const ENODATA = 61;
export const EPROTO = 71;
export const EBADMSG = 74;
export const EOVERFLOW = 75;
export const EMSGSIZE = 90;
export const EOPNOTSUPP = 95;
export const ETIMEDOUT = 110;
export const EREMOTEIO = 121;
/** Never seen by user space: the system call is restarted, or ends with EINTR (linux/errno.h). */
export const ERESTARTSYS = 512;

const NAMES: Readonly<Record<number, string>> = {
  [EINTR]: 'EINTR', [EIO]: 'EIO', [ENXIO]: 'ENXIO', [E2BIG]: 'E2BIG', [EBADF]: 'EBADF', [EAGAIN]: 'EAGAIN', [ENOMEM]: 'ENOMEM',
  [EFAULT]: 'EFAULT', [EBUSY]: 'EBUSY', [ENODEV]: 'ENODEV', [EINVAL]: 'EINVAL', [ENOTTY]: 'ENOTTY', [EDEADLK]: 'EDEADLK', [ENOSYS]: 'ENOSYS',
  [ENODATA]: 'ENODATA', [EPROTO]: 'EPROTO',
  [EBADMSG]: 'EBADMSG', [EOVERFLOW]: 'EOVERFLOW', [EMSGSIZE]: 'EMSGSIZE', [EOPNOTSUPP]: 'EOPNOTSUPP', [ETIMEDOUT]: 'ETIMEDOUT', [EREMOTEIO]: 'EREMOTEIO', [ERESTARTSYS]: 'ERESTARTSYS',
};

/** `-11` -> `-EAGAIN`; what is not an error is printed as a number. */
export function formatResult(result: number): string {
  return result < 0 ? `-${NAMES[-result] ?? -result}` : String(result);
}
