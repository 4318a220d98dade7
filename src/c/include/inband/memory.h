/* slab.h, string.h, uaccess.h. The size of what a pointer points into, as the compiler knows it, bounds each copy. */
#ifndef INBAND_MEMORY_H
#define INBAND_MEMORY_H
/**
 * Allocation: zeroed memory whatever the flags; never fails until 512 KiB are used. No address is given twice in a
 * run, and what lies beyond, or was freed, is found as `out-of-bounds` or `use-after-free`. That nothing may sleep
 * under a lock with `GFP_KERNEL` is not checked.
 */
#define GFP_KERNEL 0xcc0
#define GFP_ATOMIC 0xa20
#define PAGE_SIZE 4096
void *__inband_kzalloc(size_t size);
#define kmalloc(size, gfp) __inband_kzalloc(size)
#define kzalloc(size, gfp) __inband_kzalloc(size)
#define kcalloc(n, size, gfp) __inband_kzalloc(array_size(n, size))
#define kmalloc_array kcalloc
#define kzalloc_obj(x, gfp...) ((typeof(x) *)__inband_kzalloc(sizeof(x)))
#define vmalloc(size) __inband_kzalloc(size)
#define vzalloc vmalloc
#define vfree kfree
#define kvfree kfree
#define kfree_sensitive kfree
#define kzfree kfree
/* Sizes that do not fit are SIZE_MAX, which nobody is given. */
#define struct_size(p, member, n) size_add(sizeof(*(p)), array_size(sizeof((p)->member[0]), n))
static inline size_t array_size(size_t a, size_t b)
{
	size_t size;
	return __builtin_mul_overflow(a, b, &size) ? SIZE_MAX : size;
}
static inline size_t size_add(size_t a, size_t b)
{
	size_t size;
	return __builtin_add_overflow(a, b, &size) ? SIZE_MAX : size;
}
#define check_add_overflow(a, b, d) __builtin_add_overflow(a, b, d)
#define check_mul_overflow(a, b, d) __builtin_mul_overflow(a, b, d)
#define GFP_DMA 1
#define GFP_NOWAIT 0x800
#define __GFP_ZERO 0x100
#define __GFP_NOWARN 0x2000
#define __free_page kfree
void kfree(const void *p);
#define kmemdup(p, n, gfp) ({ size_t __size = (n); void *__p = __inband_kzalloc(__size); if (__p) memcpy(__p, p, __size); __p; })

/**
 * Memory and strings: copies that leave the member they are given are found as `out-of-bounds` (as
 * CONFIG_FORTIFY_SOURCE does). `strncpy()` always ends the string.
 */
void __inband_overflow(size_t size, size_t n, int write);
#define __inband_room(p) __builtin_dynamic_object_size(p, 1)
#define __inband_check(p, n, write) do { if ((n) > __inband_room(p)) __inband_overflow(__inband_room(p), n, write); } while (0)
void *__inband_memcpy(void *to, const void *from, size_t n);
void *__inband_memmove(void *to, const void *from, size_t n);
void *__inband_memset(void *to, int c, size_t n);
#define memcpy(to, from, n) ({ void *__to = (to); const void *__from = (from); size_t __n = (n); \
	__inband_check(to, __n, 1); __inband_check(from, __n, 0); __inband_memcpy(__to, __from, __n); })
#define memmove(to, from, n) ({ void *__to = (to); const void *__from = (from); size_t __n = (n); \
	__inband_check(to, __n, 1); __inband_check(from, __n, 0); __inband_memmove(__to, __from, __n); })
#define memset(to, c, n) ({ void *__to = (to); size_t __n = (n); __inband_check(to, __n, 1); __inband_memset(__to, c, __n); })
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
size_t strnlen(const char *s, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *s, const char *t);
int strcasecmp(const char *a, const char *b);
int kstrtouint(const char *s, unsigned int base, unsigned int *out);
int kstrtoint(const char *s, unsigned int base, int *out);
int kstrtou8(const char *s, unsigned int base, u8 *out);
#define strncpy(to, from, n) ({ strscpy(to, from, n); })
#define strlcpy(to, from, n) ({ const char *__from = (from); strscpy(to, __from, n); strlen(__from); })
#define strscpy_pad strscpy
void *memchr(const void *p, int c, size_t n);
ssize_t strscpy(char *to, const char *from, size_t n);

/**
 * User space: each word that is copied is a step; the schedule may let a page fault (the task sleeps) or fail (what is
 * left is the result, or -EFAULT). Under a spin lock or from an interrupt it is reported as `sleep-in-atomic`.
 */
size_t __inband_copy_to_user(void *to, const void *from, size_t n, size_t room);
size_t __inband_copy_from_user(void *to, const void *from, size_t n, size_t room);
#define copy_to_user(to, from, n) __inband_copy_to_user(to, from, n, __inband_room(from))
#define copy_from_user(to, from, n) __inband_copy_from_user(to, from, n, __inband_room(to))
#define put_user(x, p) ({ typeof(*(p)) __x = (x); __inband_copy_to_user(p, &__x, sizeof(__x), sizeof(__x)) ? -EFAULT : 0; })
#define get_user(x, p) ({ typeof(*(p)) __x; int __r = __inband_copy_from_user(&__x, p, sizeof(__x), sizeof(__x)) ? -EFAULT : 0; (x) = __x; __r; })
#define access_ok(p, n) 1
#endif
