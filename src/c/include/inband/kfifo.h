/* kfifo.h: a ring whose size is a power of two, with one writer and one reader, or a lock around. */
#ifndef INBAND_KFIFO_H
#define INBAND_KFIFO_H
/**
 * FIFOs: as in the kernel for elements of any size, without records and DMA; lock-free with one writer and one reader,
 * in which the index moves after the data.
 */
struct __kfifo { unsigned int in, out, mask, esize; void *data; };
#define __STRUCT_KFIFO(type, size) struct { struct __kfifo kfifo; type *element; type buf[size]; }
#define STRUCT_KFIFO(type, size) __STRUCT_KFIFO(type, size)
#define DECLARE_KFIFO(fifo, type, size) __STRUCT_KFIFO(type, size) fifo
#define DECLARE_KFIFO_PTR(fifo, type) struct { struct __kfifo kfifo; type *element; } fifo
struct kfifo { struct __kfifo kfifo; unsigned char *element; };
#define DEFINE_KFIFO(fifo, type, size) DECLARE_KFIFO(fifo, type, size) = { { 0, 0, (size) - 1, sizeof(type), (fifo).buf }, NULL }
#define INIT_KFIFO(fifo) ((fifo).kfifo = (struct __kfifo){ 0, 0, ARRAY_SIZE((fifo).buf) - 1, sizeof(*(fifo).element), (fifo).buf })
int __inband_kfifo_alloc(struct __kfifo *f, unsigned int size, unsigned int esize);
void __inband_kfifo_free(struct __kfifo *f);
/*
 * Here, so that their accesses are steps where those of the driver are: the index moves after the data. Each index is its
 * owner's to write, and the other's to read by acquire: a second writer without a lock is still a data race.
 */
static inline unsigned int __inband_kfifo_in(struct __kfifo *f, const void *from, unsigned int n)
{
	unsigned int room = f->mask + 1 - (f->in - smp_load_acquire(&f->out));
	if (n > room) n = room;
	for (unsigned int i = 0; i < n; i++)
		__inband_memcpy((u8 *)f->data + ((f->in + i) & f->mask) * f->esize, (const u8 *)from + i * f->esize, f->esize);
	smp_store_release(&f->in, f->in + n);
	return n;
}
static inline unsigned int __inband_kfifo_out(struct __kfifo *f, void *to, unsigned int n, bool peek)
{
	unsigned int there = smp_load_acquire(&f->in) - f->out;
	if (n > there) n = there;
	for (unsigned int i = 0; i < n; i++)
		__inband_memcpy((u8 *)to + i * f->esize, (const u8 *)f->data + ((f->out + i) & f->mask) * f->esize, f->esize);
	if (!peek) smp_store_release(&f->out, f->out + n);
	return n;
}
int __inband_kfifo_to_user(struct __kfifo *f, void *to, unsigned long n, unsigned int *copied);
int __inband_kfifo_from_user(struct __kfifo *f, const void *from, unsigned long n, unsigned int *copied);
#define kfifo_alloc(fifo, size, gfp) __inband_kfifo_alloc(&(fifo)->kfifo, size, sizeof(*(fifo)->element))
#define kfifo_free(fifo) __inband_kfifo_free(&(fifo)->kfifo)
#define kfifo_initialized(fifo) ((fifo)->kfifo.mask)
#define kfifo_esize(fifo) ((fifo)->kfifo.esize)
#define kfifo_size(fifo) ((fifo)->kfifo.mask + 1)
#define kfifo_len(fifo) (READ_ONCE((fifo)->kfifo.in) - READ_ONCE((fifo)->kfifo.out))
#define kfifo_is_empty(fifo) (READ_ONCE((fifo)->kfifo.in) == READ_ONCE((fifo)->kfifo.out))
#define kfifo_is_full(fifo) (kfifo_len(fifo) > (fifo)->kfifo.mask)
#define kfifo_avail(fifo) (kfifo_size(fifo) - kfifo_len(fifo))
#define kfifo_reset(fifo) ((fifo)->kfifo.in = (fifo)->kfifo.out = 0)
#define kfifo_reset_out(fifo) smp_store_release(&(fifo)->kfifo.out, smp_load_acquire(&(fifo)->kfifo.in))
#define kfifo_skip(fifo) smp_store_release(&(fifo)->kfifo.out, (fifo)->kfifo.out + 1)
#define kfifo_in(fifo, from, n) __inband_kfifo_in(&(fifo)->kfifo, from, n)
#define kfifo_out(fifo, to, n) __inband_kfifo_out(&(fifo)->kfifo, to, n, false)
#define kfifo_out_peek(fifo, to, n) __inband_kfifo_out(&(fifo)->kfifo, to, n, true)
#define kfifo_put(fifo, value) ({ typeof(*(fifo)->element) __v = (value); kfifo_in(fifo, &__v, 1); })
#define kfifo_get(fifo, to) kfifo_out(fifo, to, 1)
#define kfifo_peek(fifo, to) kfifo_out_peek(fifo, to, 1)
#define kfifo_to_user(fifo, to, n, copied) __inband_kfifo_to_user(&(fifo)->kfifo, to, n, copied)
#define kfifo_from_user(fifo, from, n, copied) __inband_kfifo_from_user(&(fifo)->kfifo, from, n, copied)
#define kfifo_in_spinlocked(fifo, from, n, lock) ({ unsigned long __f; unsigned int __n; \
	spin_lock_irqsave(lock, __f); __n = kfifo_in(fifo, from, n); spin_unlock_irqrestore(lock, __f); __n; })
#define kfifo_out_spinlocked(fifo, to, n, lock) ({ unsigned long __f; unsigned int __n; \
	spin_lock_irqsave(lock, __f); __n = kfifo_out(fifo, to, n); spin_unlock_irqrestore(lock, __f); __n; })
#define kfifo_in_locked kfifo_in_spinlocked
#define kfifo_out_locked kfifo_out_spinlocked
#endif
