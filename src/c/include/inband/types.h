/* Types, attributes and arithmetic: linux/types.h, compiler.h, bits.h, bitfield.h, minmax.h, errno.h, err.h. */
#ifndef INBAND_TYPES_H
#define INBAND_TYPES_H
#include <inband/config.h>

/** Types: of ARM Linux with 32 bits (ILP32, little endian), as wasm32 has them; `char` is unsigned. */
typedef unsigned char u8, __u8, uint8_t, u_char;
typedef unsigned short u16, __u16, uint16_t, umode_t;
typedef unsigned int u32, __u32, uint32_t, gfp_t, fmode_t, slab_flags_t;
typedef unsigned long long u64, __u64, uint64_t;
typedef signed char s8, __s8, int8_t;
typedef short s16, __s16, int16_t;
typedef int s32, __s32, int32_t;
typedef long long s64, __s64, int64_t, loff_t, ktime_t;
typedef u16 __le16, __be16;
typedef u32 __le32, __be32;
typedef u64 __le64, __be64;
typedef unsigned long size_t, uintptr_t, ulong;
typedef long ssize_t, ptrdiff_t, intptr_t;
typedef unsigned int uint, __poll_t, dev_t;
typedef unsigned long irq_hw_number_t, kernel_ulong_t;
typedef unsigned char u_int8_t;
typedef unsigned short ushort;
typedef u32 phys_addr_t, resource_size_t, dma_addr_t;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)
#define U8_MAX 0xff
#define U16_MAX 0xffff
#define U32_MAX 0xffffffffu
#define S32_MAX 0x7fffffff
#define INT_MAX 0x7fffffff
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX 0xffffffffu
#define LONG_MAX 0x7fffffffl
#define ULONG_MAX 0xfffffffful
#define SIZE_MAX ULONG_MAX
#define SSIZE_MAX LONG_MAX
typedef int pid_t;
typedef u32 uid_t;

/** Attributes: those that change no code mean nothing; `__must_check` and `__printf` warn. */
#define __user
#define __iomem
#define __force
#define __init
#define __init_or_module
#define __ref
#define __cold __attribute__((cold))
#define __initconst
#define __read_mostly
#define __ro_after_init
#define __section(x)
#define __weak __attribute__((weak))
#define __used __attribute__((used))
#define __deprecated
#define __nonstring
#define __bitwise
#define __kernel
#define notrace
#define asmlinkage
#define __exit
#define __initdata
#define __rcu
#define __percpu
#define __must_check __attribute__((warn_unused_result))
#define __maybe_unused __attribute__((unused))
#define __always_unused __attribute__((unused))
#define __always_inline inline __attribute__((always_inline))
#define noinline __attribute__((noinline))
#define __packed __attribute__((packed))
#define __aligned(x) __attribute__((aligned(x)))
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define __acquires(x)
#define __releases(x)
#define __counted_by(x)
#define fallthrough __attribute__((fallthrough))
/**
 * Access once, and barriers: `READ_ONCE()` and `WRITE_ONCE()` are marked accesses for `data-race`. Memory is
 * sequentially consistent, so that barriers change nothing that happens; for `data-race` they order what is before
 * a marked write and behind a marked read of the same, as `smp_store_release()` and `smp_load_acquire()` do.
 */
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ volatile("" ::: "memory")
/* Atomic instructions tell the translation which accesses are marked: it knows no volatile. */
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
void __inband_store_release(const volatile void *p);
void __inband_load_acquire(const volatile void *p);
#define smp_load_acquire(p) ({ __typeof__(*(p)) __v = READ_ONCE(*(p)); __inband_load_acquire(p); __v; })
#define smp_store_release(p, v) do { __inband_store_release(p); WRITE_ONCE(*(p), v); } while (0)
/* 1: writes before it stay before, 2: reads behind it stay behind, 3: both. */
void __inband_fence(int kind);
#define smp_mb() __inband_fence(3)
#define smp_rmb() __inband_fence(2)
#define smp_wmb() __inband_fence(1)
#define mb() smp_mb()
#define rmb() smp_rmb()
#define wmb() smp_wmb()
/** Compile-time helpers: as in the kernel; `BUILD_BUG_ON()` and `static_assert()` fail at compile time. */
#define offsetof(type, member) __builtin_offsetof(type, member)
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#define container_of_const container_of
#define typeof __typeof__
#define BUILD_BUG_ON(c) _Static_assert(!(c), "BUILD_BUG_ON failed: " #c)
#define static_assert(c, ...) _Static_assert(c, "" #c)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define __stringify_1(x...) #x
#define __stringify(x...) __stringify_1(x)
/* 1 for an option that is defined as 1: `#if IS_ENABLED(CONFIG_X)` and `if (IS_ENABLED(CONFIG_X))`. What is set: inband/config.h. */
#define __INBAND_COMMA_1 0,
#define __inband_second(a, b, ...) b
#define __inband_enabled_3(x) __inband_second(x 1, 0, 0)
#define __inband_enabled_2(x) __inband_enabled_3(__INBAND_COMMA_##x)
#define __inband_enabled_1(x) __inband_enabled_2(x)
/**
 * Options and version: `LINUX_VERSION_CODE` is that of 6.12 unless `--define` says otherwise.
 */
#define IS_ENABLED(option) __inband_enabled_1(option)
#define IS_BUILTIN IS_ENABLED
#define IS_REACHABLE IS_ENABLED
#define IS_MODULE(option) 0
#ifndef LINUX_VERSION_CODE
#define LINUX_VERSION_CODE KERNEL_VERSION(6, 12, 0)
#endif
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))

/** Bits, fields, arithmetic: plain C; masks of `FIELD_PREP()` and `FIELD_GET()` may be of 32 or 64 bits. */
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK(h, l) (((~0UL) << (l)) & (~0UL >> (31 - (h))))
#define __bf_shf(x) (__builtin_ffsll(x) - 1)
#define FIELD_PREP(mask, v) (((typeof(mask))(v) << __bf_shf(mask)) & (mask))
#define GENMASK_ULL(h, l) (((~0ULL) << (l)) & (~0ULL >> (63 - (h))))
#define FIELD_MAX(mask) ((typeof(mask))((mask) >> __bf_shf(mask)))
#define FIELD_GET(mask, v) ((typeof(mask))(((v) & (mask)) >> __bf_shf(mask)))
#define FIELD_FIT(mask, v) (!((((typeof(mask))(v)) << __bf_shf(mask)) & ~(mask)))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define roundup(x, y) ({ typeof(y) __y = (y); ((x) + __y - 1) / __y * __y; })
#define ALIGN(x, a) (((x) + (a) - 1) & ~((typeof(x))(a) - 1))
#define min(a, b) ({ typeof(a) __a = (a); typeof(b) __b = (b); __a < __b ? __a : __b; })
#define max(a, b) ({ typeof(a) __a = (a); typeof(b) __b = (b); __a > __b ? __a : __b; })
#define min_t(t, a, b) ({ t __a = (a); t __b = (b); __a < __b ? __a : __b; })
#define max_t(t, a, b) ({ t __a = (a); t __b = (b); __a > __b ? __a : __b; })
#define min3(a, b, c) min(min(a, b), c)
#define max3(a, b, c) max(max(a, b), c)
#define clamp_val(v, lo, hi) clamp_t(typeof(v), v, lo, hi)
#define abs(x) ({ typeof(x) __x = (x); __x < 0 ? -__x : __x; })
/* Halves go away from 0, whatever the signs; what is unsigned, or becomes so, has none. */
#define DIV_ROUND_CLOSEST(n, d) ({ typeof(n) __num = (n); typeof(d) __den = (d); \
	bool __up = (typeof(n))-1 > 0 || (typeof(d))-1 > 0 || (__num > 0) == (__den > 0); \
	__up ? (__num + __den / 2) / __den : (__num - __den / 2) / __den; })
#define round_up(x, y) ((((x) - 1) | ((typeof(x))(y) - 1)) + 1)
#define round_down(x, y) ((x) & ~((typeof(x))(y) - 1))
#define rounddown(x, y) ({ typeof(x) __x = (x); __x - __x % (y); })
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define clamp_t(t, v, lo, hi) min_t(t, max_t(t, v, lo), hi)
#define swap(a, b) do { typeof(a) __t = (a); (a) = (b); (b) = __t; } while (0)
/** Byte order: the BMC is little endian. */
#define cpu_to_le16(x) ((__le16)(x))
#define cpu_to_le32(x) ((__le32)(x))
#define le16_to_cpu(x) ((u16)(x))
#define le32_to_cpu(x) ((u32)(x))
#define cpu_to_le64(x) ((__le64)(x))
#define le64_to_cpu(x) ((u64)(x))
#define swab16(x) __builtin_bswap16(x)
#define swab32(x) __builtin_bswap32(x)
static inline u16 get_unaligned_le16(const void *p) { const u8 *b = p; return b[0] | b[1] << 8; }
static inline u32 get_unaligned_le32(const void *p) { const u8 *b = p; return b[0] | b[1] << 8 | b[2] << 16 | (u32)b[3] << 24; }
static inline u16 get_unaligned_be16(const void *p) { const u8 *b = p; return b[1] | b[0] << 8; }
static inline void put_unaligned_le16(u16 v, void *p) { u8 *b = p; b[0] = v; b[1] = v >> 8; }
static inline void put_unaligned_le32(u32 v, void *p) { put_unaligned_le16(v, p); put_unaligned_le16(v >> 16, (u8 *)p + 2); }
static inline void put_unaligned_be16(u16 v, void *p) { u8 *b = p; b[1] = v; b[0] = v >> 8; }
#define cpu_to_be16(x) __builtin_bswap16(x)
#define cpu_to_be32(x) __builtin_bswap32(x)
#define be16_to_cpu(x) __builtin_bswap16(x)
#define be32_to_cpu(x) __builtin_bswap32(x)
#define be32_to_cpup(p) be32_to_cpu(*(p))

/** Error numbers: those of ARM Linux, with the kernel's own beyond 511. */
#define EPERM 1
#define ESRCH 3
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define ENXIO 6
#define E2BIG 7
#define EBADF 9
#define EAGAIN 11
#define EWOULDBLOCK EAGAIN
#define ENOMEM 12
#define EFAULT 14
#define EACCES 13
#define EBUSY 16
#define EEXIST 17
#define ENODEV 19
#define EINVAL 22
#define ENOTTY 25
#define EDOM 33
#define ENOSPC 28
#define ESPIPE 29
#define EPIPE 32
#define ERANGE 34
#define ENOSYS 38
#define EDEADLK 35
#define ENODATA 61
#define EPROTO 71
#define EBADMSG 74
#define EOVERFLOW 75
#define EMSGSIZE 90
#define EPROTONOSUPPORT 93
#define EOPNOTSUPP 95
#define EADDRINUSE 98
#define ECONNRESET 104
#define ENOBUFS 105
#define ESHUTDOWN 108
#define ETIMEDOUT 110
#define EALREADY 114
#define EINPROGRESS 115
#define ESTALE 116
#define ECANCELED 125
#define EREMOTEIO 121
#define ERESTARTSYS 512
#define ENOIOCTLCMD 515
#define EPROBE_DEFER 517
#define ENOTSUPP 524
#define MAX_ERRNO 4095
/** Error pointers: the last 4095 addresses are error numbers, as in the kernel. */
#define IS_ERR_VALUE(x) ((unsigned long)(void *)(x) >= (unsigned long)-MAX_ERRNO)
static inline void *ERR_PTR(long error) { return (void *)error; }
static inline long PTR_ERR(const void *ptr) { return (long)ptr; }
static inline bool IS_ERR(const void *ptr) { return IS_ERR_VALUE(ptr); }
static inline bool IS_ERR_OR_NULL(const void *ptr) { return !ptr || IS_ERR_VALUE(ptr); }
static inline int PTR_ERR_OR_ZERO(const void *ptr) { return IS_ERR(ptr) ? (int)PTR_ERR(ptr) : 0; }
#define ERR_CAST(p) ((void *)(p))

/* Bit operations and atomics: no step of another context can divide one. */
/**
 * Atomic bits: no other context comes between; those that give a value back are ordered for `data-race`, the others are
 * not (Documentation/atomic_bitops.txt), but by `smp_mb__before_atomic()` and `smp_mb__after_atomic()`.
 */
void set_bit(int n, volatile unsigned long *p);
void clear_bit(int n, volatile unsigned long *p);
void change_bit(int n, volatile unsigned long *p);
bool test_and_set_bit(int n, volatile unsigned long *p);
bool test_and_clear_bit(int n, volatile unsigned long *p);
bool test_and_change_bit(int n, volatile unsigned long *p);
#define test_and_set_bit_lock test_and_set_bit
static inline void clear_bit_unlock(int n, volatile unsigned long *p) { __inband_store_release(&p[n / 32]); clear_bit(n, p); }
#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic() smp_mb()
static inline bool test_bit(int n, const volatile unsigned long *p) { return (READ_ONCE(p[n / 32]) >> (n % 32)) & 1; }
/* These can be divided. */
/**
 * Bits that are not atomic, and bitmaps: another context may come between read and write, where `--fine` makes memory
 * accesses steps.
 */
static inline void __set_bit(int n, volatile unsigned long *p) { p[n / 32] |= 1UL << (n % 32); }
static inline void __clear_bit(int n, volatile unsigned long *p) { p[n / 32] &= ~(1UL << (n % 32)); }
#define assign_bit(n, p, v) ((v) ? set_bit(n, p) : clear_bit(n, p))
#define BITS_PER_LONG 32
#define BITS_PER_BYTE 8
#define BITS_TO_LONGS(n) DIV_ROUND_UP(n, BITS_PER_LONG)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
unsigned long find_next_bit(const unsigned long *p, unsigned long size, unsigned long from);
unsigned long find_next_zero_bit(const unsigned long *p, unsigned long size, unsigned long from);
#define find_first_bit(p, size) find_next_bit(p, size, 0)
#define find_first_zero_bit(p, size) find_next_zero_bit(p, size, 0)
#define for_each_set_bit(bit, p, size) for ((bit) = find_first_bit(p, size); (bit) < (size); (bit) = find_next_bit(p, size, (bit) + 1))
#define bitmap_zero(p, n) memset(p, 0, BITS_TO_LONGS(n) * 4)
#define bitmap_empty(p, n) (find_first_bit(p, n) >= (n))
#define hweight8(x) __builtin_popcount((u8)(x))
#define hweight32(x) __builtin_popcount(x)
#define hweight_long hweight32
#define ffs(x) __builtin_ffs(x)
#define __ffs(x) ((unsigned long)__builtin_ctzl(x))
static inline int fls(unsigned int x) { return x ? 32 - __builtin_clz(x) : 0; }
/* Of 32 or 64 bits, and a constant where its argument is one. */
static inline int __inband_ilog2(u64 x) { return x ? 63 - __builtin_clzll(x) : -1; }
#define __inband_log2(x) (sizeof(x) <= 4 ? (u32)(x) : (u64)(x))
#define ilog2(x) (__builtin_constant_p(x) ? ((x) < 2 ? 0 : 63 - __builtin_clzll(__inband_log2(x))) : __inband_ilog2(__inband_log2(x)))
static inline bool is_power_of_2(unsigned long x) { return x && !(x & (x - 1)); }
unsigned long roundup_pow_of_two(unsigned long n);
static inline int __inband_order_base_2(unsigned long n) { return n > 1 ? fls(n - 1) : 0; }
#define order_base_2(n) (__builtin_constant_p(n) ? ((n) > 1 ? ilog2((n) - 1) + 1 : 0) : __inband_order_base_2(n))

/**
 * Atomics, reference counts: indivisible; those that give a value back are ordered for `data-race`, the others are not
 * (Documentation/atomic_t.txt). A reference count does not saturate.
 */
typedef struct { int counter; } atomic_t, atomic_long_t;
#define ATOMIC_INIT(i) { (i) }
static inline int atomic_read(const atomic_t *v) { return READ_ONCE(v->counter); }
static inline void atomic_set(atomic_t *v, int i) { WRITE_ONCE(v->counter, i); }
int atomic_add_return(int i, atomic_t *v);
int atomic_xchg(atomic_t *v, int n);
int atomic_cmpxchg(atomic_t *v, int old, int n);
bool atomic_add_unless(atomic_t *v, int i, int unless);
void atomic_add(int i, atomic_t *v);
#define atomic_sub(i, v) atomic_add(-(i), v)
#define atomic_sub_return(i, v) atomic_add_return(-(i), v)
#define atomic_inc(v) atomic_add(1, v)
#define atomic_dec(v) atomic_add(-1, v)
#define atomic_inc_return(v) atomic_add_return(1, v)
#define atomic_dec_return(v) atomic_add_return(-1, v)
#define atomic_fetch_add(i, v) ({ int __i = (i); atomic_add_return(__i, v) - __i; })
#define atomic_fetch_inc(v) (atomic_add_return(1, v) - 1)
#define atomic_inc_and_test(v) (atomic_add_return(1, v) == 0)
#define atomic_dec_and_test(v) (atomic_add_return(-1, v) == 0)
#define atomic_sub_and_test(i, v) (atomic_add_return(-(i), v) == 0)
#define atomic_inc_not_zero(v) atomic_add_unless(v, 1, 0)
int atomic_dec_if_positive(atomic_t *v);
#define atomic_long_read atomic_read
#define atomic_long_set atomic_set
#define atomic_long_inc atomic_inc
#define atomic_long_dec atomic_dec
/* Of a whole word. */
unsigned long __inband_xchg(void *p, unsigned long n);
unsigned long __inband_cmpxchg(void *p, unsigned long old, unsigned long n);
#define xchg(p, n) ({ _Static_assert(sizeof(*(p)) == 4, "xchg of other than 4 bytes"); (typeof(*(p)))__inband_xchg(p, (unsigned long)(n)); })
#define cmpxchg(p, o, n) ({ _Static_assert(sizeof(*(p)) == 4, "cmpxchg of other than 4 bytes"); \
	(typeof(*(p)))__inband_cmpxchg(p, (unsigned long)(o), (unsigned long)(n)); })
typedef struct { atomic_t refs; } refcount_t;
#define REFCOUNT_INIT(n) { ATOMIC_INIT(n) }
static inline void refcount_set(refcount_t *r, int n) { atomic_set(&r->refs, n); }
static inline unsigned int refcount_read(const refcount_t *r) { return atomic_read(&r->refs); }
#define refcount_inc(r) atomic_inc(&(r)->refs)
/* Ordered as a release (Documentation/core-api/refcount-vs-atomic.rst). */
#define refcount_dec(r) ((void)atomic_add_return(-1, &(r)->refs))
#define refcount_inc_not_zero(r) atomic_inc_not_zero(&(r)->refs)
#define refcount_dec_and_test(r) atomic_dec_and_test(&(r)->refs)
struct kref { refcount_t refcount; };
#define KREF_INIT(n) { REFCOUNT_INIT(n) }
#define kref_init(k) refcount_set(&(k)->refcount, 1)
#define kref_read(k) refcount_read(&(k)->refcount)
#define kref_get(k) refcount_inc(&(k)->refcount)
#define kref_get_unless_zero(k) refcount_inc_not_zero(&(k)->refcount)
#define kref_put(k, release) ({ struct kref *__k = (k); int __last = refcount_dec_and_test(&__k->refcount); if (__last) release(__k); __last; })

/** Lists: plain C without locking; what `list_del()` leaves behind points nowhere. */
struct list_head { struct list_head *next, *prev; };
#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)
static inline void INIT_LIST_HEAD(struct list_head *l) { l->next = l; l->prev = l; }
static inline void __list_add(struct list_head *n, struct list_head *p, struct list_head *x) { x->prev = n; n->next = x; n->prev = p; p->next = n; }
static inline void list_add(struct list_head *n, struct list_head *h) { __list_add(n, h, h->next); }
static inline void list_add_tail(struct list_head *n, struct list_head *h) { __list_add(n, h->prev, h); }
static inline void list_del(struct list_head *e) { e->next->prev = e->prev; e->prev->next = e->next; e->next = (void *)0x100; e->prev = (void *)0x122; }
static inline void list_del_init(struct list_head *e) { e->next->prev = e->prev; e->prev->next = e->next; INIT_LIST_HEAD(e); }
static inline bool list_empty(const struct list_head *h) { return READ_ONCE(h->next) == h; }
static inline void list_move(struct list_head *e, struct list_head *h) { e->next->prev = e->prev; e->prev->next = e->next; list_add(e, h); }
static inline void list_move_tail(struct list_head *e, struct list_head *h) { e->next->prev = e->prev; e->prev->next = e->next; list_add_tail(e, h); }
static inline void list_replace(struct list_head *o, struct list_head *n) { n->next = o->next; n->next->prev = n; n->prev = o->prev; n->prev->next = n; }
static inline bool list_is_singular(const struct list_head *h) { return !list_empty(h) && h->next == h->prev; }
static inline bool list_is_last(const struct list_head *e, const struct list_head *h) { return e->next == h; }
static inline void list_splice(const struct list_head *l, struct list_head *h)
{
	if (list_empty(l)) return;
	l->next->prev = h;
	l->prev->next = h->next;
	h->next->prev = l->prev;
	h->next = l->next;
}
static inline void list_splice_init(struct list_head *l, struct list_head *h) { list_splice(l, h); INIT_LIST_HEAD(l); }
static inline void list_splice_tail_init(struct list_head *l, struct list_head *h) { list_splice(l, h->prev); INIT_LIST_HEAD(l); }
#define list_entry(p, type, member) container_of(p, type, member)
#define list_first_entry(h, type, member) list_entry((h)->next, type, member)
#define list_last_entry(h, type, member) list_entry((h)->prev, type, member)
#define list_next_entry(p, member) list_entry((p)->member.next, typeof(*(p)), member)
#define list_prev_entry(p, member) list_entry((p)->member.prev, typeof(*(p)), member)
#define list_first_entry_or_null(h, type, member) ({ struct list_head *__h = (h), *__first = READ_ONCE(__h->next); \
	__first != __h ? list_entry(__first, type, member) : NULL; })
#define list_for_each(p, h) for (p = (h)->next; p != (h); p = p->next)
#define list_for_each_safe(p, n, h) for (p = (h)->next, n = p->next; p != (h); p = n, n = p->next)
#define list_for_each_entry(p, h, m) \
	for (p = list_first_entry(h, typeof(*p), m); &p->m != (h); p = list_next_entry(p, m))
#define list_for_each_entry_reverse(p, h, m) \
	for (p = list_last_entry(h, typeof(*p), m); &p->m != (h); p = list_prev_entry(p, m))
#define list_for_each_entry_safe(p, n, h, m) \
	for (p = list_first_entry(h, typeof(*p), m), n = list_next_entry(p, m); &p->m != (h); p = n, n = list_next_entry(n, m))

#endif
