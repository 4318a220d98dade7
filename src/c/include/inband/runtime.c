/* The part of the kernel's side that is best said in C: the driver core, device-managed resources, files, strings. */
#include <inband/kernel.h>
#undef memcpy
#undef memset
#undef memmove

/* What the compiler itself calls for structs. */
void *memcpy(void *to, const void *from, size_t n) { return __inband_memcpy(to, from, n); }
void *memmove(void *to, const void *from, size_t n) { return __inband_memmove(to, from, n); }
void *memset(void *to, int c, size_t n) { return __inband_memset(to, c, n); }
int memcmp(const void *a, const void *b, size_t n)
{
	for (size_t i = 0; i < n; i++) if (((u8 *)a)[i] != ((u8 *)b)[i]) return ((u8 *)a)[i] - ((u8 *)b)[i];
	return 0;
}
size_t strnlen(const char *s, size_t n) { size_t k = 0; while (k < n && s[k]) k++; return k; }
char *strchr(const char *s, int c) { for (; *s != (char)c; s++) if (!*s) return NULL; return (char *)s; }
void *memchr(const void *p, int c, size_t n) { for (size_t i = 0; i < n; i++) if (((u8 *)p)[i] == (u8)c) return (u8 *)p + i; return NULL; }
size_t strlen(const char *s) { size_t n = 0; while (s[n]) n++; return n; }
int strncmp(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a[i] != b[i]) return (u8)a[i] - (u8)b[i];
		if (!a[i]) break;
	}
	return 0;
}
char *strstr(const char *s, const char *t)
{
	size_t n = strlen(t);
	for (; *s; s++) if (!strncmp(s, t, n)) return (char *)s;
	return n ? NULL : (char *)s;
}
static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c; }
int strcasecmp(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) a++, b++;
	return lower(*a) - lower(*b);
}
int kstrtouint(const char *s, unsigned int base, unsigned int *out)
{
	unsigned int value = 0, digits = 0;
	if (s[0] == '0' && lower(s[1]) == 'x' && (base == 0 || base == 16)) { s += 2; base = 16; }
	else if (s[0] == '0' && base == 0) base = 8;
	if (!base) base = 10;
	for (; *s && *s != '\n'; s++, digits++) {
		unsigned int d = *s <= '9' ? *s - '0' : lower(*s) - 'a' + 10;
		if (d >= base) return -EINVAL;
		if (value > (UINT_MAX - d) / base) return -ERANGE;
		value = value * base + d;
	}
	if (!digits || (s[0] == '\n' && s[1])) return -EINVAL;
	*out = value;
	return 0;
}
int kstrtoint(const char *s, unsigned int base, int *out)
{
	unsigned int value;
	int rc = kstrtouint(s + (*s == '-'), base, &value);
	if (rc) return rc;
	if (value > (unsigned int)INT_MAX + (*s == '-')) return -ERANGE;
	*out = *s == '-' ? -value : value;
	return 0;
}
int kstrtou8(const char *s, unsigned int base, u8 *out)
{
	unsigned int value;
	int rc = kstrtouint(s, base, &value);
	if (rc) return rc;
	if (value > U8_MAX) return -ERANGE;
	*out = value;
	return 0;
}
int strcmp(const char *a, const char *b) { return strncmp(a, b, ~0ul); }
ssize_t strscpy(char *to, const char *from, size_t n)
{
	size_t i = 0;
	if (!n) return -E2BIG;
	for (; i < n - 1 && from[i]; i++) to[i] = from[i];
	to[i] = 0;
	return from[i] ? -E2BIG : (ssize_t)i;
}

/* ---- what nobody can divide ---- */
/* The next atomic operation is one that gives nothing back. */
void __inband_unordered(void);
void set_bit(int n, volatile unsigned long *p) { __inband_unordered(); __atomic_fetch_or(&p[n / 32], 1UL << (n % 32), __ATOMIC_SEQ_CST); }
void clear_bit(int n, volatile unsigned long *p) { __inband_unordered(); __atomic_fetch_and(&p[n / 32], ~(1UL << (n % 32)), __ATOMIC_SEQ_CST); }
void change_bit(int n, volatile unsigned long *p) { __inband_unordered(); __atomic_fetch_xor(&p[n / 32], 1UL << (n % 32), __ATOMIC_SEQ_CST); }
bool test_and_set_bit(int n, volatile unsigned long *p) { return (__atomic_fetch_or(&p[n / 32], 1UL << (n % 32), __ATOMIC_SEQ_CST) >> (n % 32)) & 1; }
bool test_and_clear_bit(int n, volatile unsigned long *p) { return (__atomic_fetch_and(&p[n / 32], ~(1UL << (n % 32)), __ATOMIC_SEQ_CST) >> (n % 32)) & 1; }
bool test_and_change_bit(int n, volatile unsigned long *p) { return (__atomic_fetch_xor(&p[n / 32], 1UL << (n % 32), __ATOMIC_SEQ_CST) >> (n % 32)) & 1; }
unsigned long find_next_bit(const unsigned long *p, unsigned long size, unsigned long from)
{
	while (from < size && !((p[from / 32] >> (from % 32)) & 1)) from++;
	return from < size ? from : size;
}
unsigned long find_next_zero_bit(const unsigned long *p, unsigned long size, unsigned long from)
{
	while (from < size && ((p[from / 32] >> (from % 32)) & 1)) from++;
	return from < size ? from : size;
}
unsigned long roundup_pow_of_two(unsigned long n)
{
	unsigned long p = 1;
	while (p < n) p <<= 1;
	return p;
}
int atomic_add_return(int i, atomic_t *v) { return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST); }
void atomic_add(int i, atomic_t *v) { __inband_unordered(); __atomic_fetch_add(&v->counter, i, __ATOMIC_SEQ_CST); }
int atomic_xchg(atomic_t *v, int n) { return __atomic_exchange_n(&v->counter, n, __ATOMIC_SEQ_CST); }
int atomic_cmpxchg(atomic_t *v, int old, int n) { __atomic_compare_exchange_n(&v->counter, &old, n, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); return old; }
bool atomic_add_unless(atomic_t *v, int i, int unless) 
{
	int was = READ_ONCE(v->counter), seen;
	for (; was != unless; was = seen) {
		seen = atomic_cmpxchg(v, was, was + i);
		if (seen == was) return true;
	}
	return false;
}
int atomic_dec_if_positive(atomic_t *v)
{
	int was = READ_ONCE(v->counter), seen;
	for (; was > 0; was = seen) {
		seen = atomic_cmpxchg(v, was, was - 1);
		if (seen == was) break;
	}
	return was - 1;
}
unsigned long __inband_xchg(void *p, unsigned long n) { return __atomic_exchange_n((unsigned long *)p, n, __ATOMIC_SEQ_CST); }
unsigned long __inband_cmpxchg(void *p, unsigned long old, unsigned long n)
{
	__atomic_compare_exchange_n((unsigned long *)p, &old, n, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return old;
}

/* ---- kfifo ---- */
int __inband_kfifo_alloc(struct __kfifo *f, unsigned int size, unsigned int esize)
{
	size = roundup_pow_of_two(size);
	f->in = f->out = 0;
	f->mask = size - 1;
	f->esize = esize;
	f->data = kmalloc(size * esize, GFP_KERNEL);
	return f->data ? 0 : -ENOMEM;
}
void __inband_kfifo_free(struct __kfifo *f)
{
	kfree(f->data);
	f->data = NULL;
	f->in = f->out = f->mask = 0;
}
/* Whole elements, and up to the end of the ring at a time: what could not be copied stays. */
int __inband_kfifo_to_user(struct __kfifo *f, void *to, unsigned long n, unsigned int *copied)
{
	unsigned int there = (smp_load_acquire(&f->in) - f->out) * f->esize, done = 0;
	n -= n % f->esize;
	if (n > there) n = there;
	while (done < n) {
		unsigned int at = (f->out & f->mask) * f->esize, part = (f->mask + 1) * f->esize - at;
		if (part > n - done) part = n - done;
		if (copy_to_user((char *)to + done, (char *)f->data + at, part)) { *copied = done; return -EFAULT; }
		smp_store_release(&f->out, f->out + part / f->esize);
		done += part;
	}
	*copied = done;
	return 0;
}
int __inband_kfifo_from_user(struct __kfifo *f, const void *from, unsigned long n, unsigned int *copied)
{
	unsigned int room = (f->mask + 1 - (f->in - smp_load_acquire(&f->out))) * f->esize, done = 0;
	n -= n % f->esize;
	if (n > room) n = room;
	while (done < n) {
		unsigned int at = (f->in & f->mask) * f->esize, part = (f->mask + 1) * f->esize - at;
		if (part > n - done) part = n - done;
		if (copy_from_user((char *)f->data + at, (const char *)from + done, part)) { *copied = done; return -EFAULT; }
		smp_store_release(&f->in, f->in + part / f->esize);
		done += part;
	}
	*copied = done;
	return 0;
}

/* ---- what is initialised statically ---- */
extern const struct __inband_static __start_inband_statics[] __attribute__((weak));
extern const struct __inband_static __stop_inband_statics[] __attribute__((weak));
__attribute__((export_name("__inband_statics"))) void __inband_statics(void)
{
	for (const struct __inband_static *s = __start_inband_statics; s < __stop_inband_statics; s++) {
		void *object = (void *)s->object;
		switch (s->kind) {
		case 1: __inband_spin_lock_init(object, s->name); break;
		case 2: __inband_mutex_init(object, s->name); break;
		case 3: __inband_init_waitqueue_head(object, s->name); break;
		case 4: __inband_init_completion(object, s->name); break;
		case 5: __inband_init_work(object, s->function, s->name); break;
		case 6: __inband_init_delayed_work(object, s->function, s->name); break;
		case 7: __inband_timer_setup(object, (void (*)(struct timer_list *))s->function, s->name); break;
		}
	}
}

/*
 * vsnprintf(): flags, width, precision and sizes as in the kernel (Documentation/core-api/printk-formats.rst). What it
 * shows for %p and the letters behind it nobody can foresee: here it is the address.
 */
struct text { char *to; size_t room, at; };
static void put(struct text *t, char c)
{
	if (t->at + 1 < t->room) t->to[t->at] = c;
	t->at++;
}
static void pad(struct text *t, char c, int n) { while (n-- > 0) put(t, c); }
static bool digit(char c) { return c >= '0' && c <= '9'; }
enum { LEFT = 1, PLUS = 2, SPACE = 4, PREFIX = 8, ZEROS = 16 };
static void put_number(struct text *t, u64 value, bool negative, unsigned int base, bool capital, int flags, int width, int precision)
{
	char digits[24], sign = negative ? '-' : flags & PLUS ? '+' : flags & SPACE ? ' ' : 0;
	int k = 0, zeros, others;
	for (u64 rest = value; rest; rest /= base) digits[k++] = (capital ? "0123456789ABCDEF" : "0123456789abcdef")[rest % base];
	if (!k) digits[k++] = '0';
	others = (sign != 0) + (flags & PREFIX ? base == 16 ? 2 : base == 8 : 0);
	zeros = precision - k;
	if (precision < 0 && (flags & (ZEROS | LEFT)) == ZEROS) zeros = width - others - k;
	if (zeros < 0) zeros = 0;
	width -= others + zeros + k;
	if (!(flags & LEFT)) pad(t, ' ', width);
	if (sign) put(t, sign);
	if (flags & PREFIX && base != 10) put(t, '0');
	if (flags & PREFIX && base == 16) put(t, capital ? 'X' : 'x');
	pad(t, '0', zeros);
	while (k) put(t, digits[--k]);
	if (flags & LEFT) pad(t, ' ', width);
}
static void put_text(struct text *t, const char *s, int flags, int width, int precision)
{
	int n;
	if (!s) s = "(null)";
	n = strnlen(s, precision < 0 ? INT_MAX : precision);
	if (!(flags & LEFT)) pad(t, ' ', width - n);
	for (int i = 0; i < n; i++) put(t, s[i]);
	if (flags & LEFT) pad(t, ' ', width - n);
}
static int format_args(char *to, size_t room, const char *f, __builtin_va_list args)
{
	struct text t = { to, room, 0 };
	for (; *f; f++) {
		int flags = 0, width = 0, precision = -1, size = 4;
		bool more = true;
		if (*f != '%') { put(&t, *f); continue; }
		while (more) {
			switch (*++f) {
			case '-': flags |= LEFT; break;
			case '+': flags |= PLUS; break;
			case ' ': flags |= SPACE; break;
			case '#': flags |= PREFIX; break;
			case '0': flags |= ZEROS; break;
			default: more = false;
			}
		}
		if (*f == '*') {
			width = __builtin_va_arg(args, int);
			if (width < 0) { width = -width; flags |= LEFT; }
			f++;
		} else while (digit(*f)) width = width * 10 + *f++ - '0';
		if (*f == '.') {
			precision = 0;
			if (*++f == '*') { precision = __builtin_va_arg(args, int); f++; }
			else while (digit(*f)) precision = precision * 10 + *f++ - '0';
		}
		/* long, size_t and ptrdiff_t are as long as an int. */
		if (*f == 'L') { size = 8; f++; }
		else if (*f == 'l') { if (*++f == 'l') { size = 8; f++; } }
		else if (*f == 'h') { size = 2; if (*++f == 'h') { size = 1; f++; } }
		else if (*f == 'z' || *f == 't') f++;
		switch (*f) {
		case 's':
			put_text(&t, __builtin_va_arg(args, const char *), flags, width, precision);
			break;
		case 'c': {
			char c = __builtin_va_arg(args, int);
			if (!(flags & LEFT)) pad(&t, ' ', width - 1);
			put(&t, c);
			if (flags & LEFT) pad(&t, ' ', width - 1);
			break;
		}
		case 'p':
			put_number(&t, (unsigned long)__builtin_va_arg(args, void *), false, 16, false, flags | ZEROS, width < 8 ? 8 : width, -1);
			while (digit(f[1]) || (lower(f[1]) >= 'a' && lower(f[1]) <= 'z')) f++;
			break;
		case 'd':
		case 'i': {
			s64 v = size == 8 ? __builtin_va_arg(args, s64) : __builtin_va_arg(args, int);
			if (size == 2) v = (s16)v;
			if (size == 1) v = (s8)v;
			put_number(&t, v < 0 ? -(u64)v : (u64)v, v < 0, 10, false, flags & ~PREFIX, width, precision);
			break;
		}
		case 'u':
		case 'x':
		case 'X':
		case 'o': {
			u64 v = size == 8 ? __builtin_va_arg(args, u64) : __builtin_va_arg(args, unsigned int);
			if (size == 2) v = (u16)v;
			if (size == 1) v = (u8)v;
			put_number(&t, v, false, *f == 'u' ? 10 : *f == 'o' ? 8 : 16, *f == 'X', *f == 'u' ? flags & ~(PREFIX | PLUS | SPACE) : flags & ~(PLUS | SPACE), width, precision);
			break;
		}
		case '\0': /* a % that stands last */
			f--;
			break;
		default:
			put(&t, *f);
		}
	}
	if (room) to[t.at < room ? t.at : room - 1] = 0;
	return t.at;
}
int snprintf(char *to, size_t n, const char *f, ...)
{
	__builtin_va_list args;
	__builtin_va_start(args, f);
	return format_args(to, n, f, args);
}
int scnprintf(char *to, size_t n, const char *f, ...)
{
	__builtin_va_list args;
	__builtin_va_start(args, f);
	int length = format_args(to, n, f, args);
	return !n ? 0 : length < (int)n ? length : (int)n - 1;
}
char *kstrdup(const char *s, gfp_t gfp) { return s ? kmemdup(s, strlen(s) + 1, gfp) : NULL; }
char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp) { return s ? devm_kmemdup(dev, s, strlen(s) + 1, gfp) : NULL; }
char *kasprintf(gfp_t gfp, const char *f, ...)
{
	__builtin_va_list args, again;
	__builtin_va_start(args, f);
	__builtin_va_copy(again, args);
	int n = format_args(NULL, 0, f, args) + 1;
	char *to = __inband_kzalloc(n);
	if (to) format_args(to, n, f, again);
	return to;
}
char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *f, ...)
{
	__builtin_va_list args, again;
	__builtin_va_start(args, f);
	__builtin_va_copy(again, args);
	int n = format_args(NULL, 0, f, args) + 1;
	char *to = devm_kzalloc(dev, n, gfp);
	if (to) format_args(to, n, f, again);
	return to;
}

/* ---- device-managed resources ---- */
struct devres { struct devres *next; void (*release)(void *); void *data; unsigned int irq; };
static struct devres *resources;

int __inband_devm_add(struct device *dev, void (*release)(void *), void *data)
{
	struct devres *r = __inband_kzalloc(sizeof(*r));
	if (!r) return -ENOMEM;
	r->release = release;
	r->data = data;
	r->next = resources;
	resources = r;
	return 0;
}
static void release_memory(void *p) { kfree(p); }
void *__inband_devm_keep(struct device *dev, void *memory)
{
	if (memory) __inband_devm_add(dev, release_memory, memory);
	return memory;
}
static struct devres *take(void *data)
{
	for (struct devres **at = &resources; *at; at = &(*at)->next) {
		struct devres *r = *at;
		if (r->data != data) continue;
		*at = r->next;
		return r;
	}
	return NULL;
}
void devm_kfree(struct device *dev, const void *p)
{
	kfree(take((void *)p));
	kfree(p);
}
int devm_add_action_or_reset(struct device *dev, void (*f)(void *), void *data) { return __inband_devm_add(dev, f, data); }
struct managed_irq { unsigned int irq; void *id; };
static void release_irq(void *data)
{
	struct managed_irq *m = data;
	free_irq(m->irq, m->id);
	kfree(m);
}
int devm_request_threaded_irq(struct device *dev, unsigned int irq, irq_handler_t handler, irq_handler_t thread, unsigned long flags, const char *name, void *id)
{
	struct managed_irq *m = __inband_kzalloc(sizeof(*m));
	int rc = request_threaded_irq(irq, handler, thread, flags, name, id);
	if (rc) return rc;
	m->irq = irq;
	m->id = id;
	return __inband_devm_add(dev, release_irq, m);
}
void devm_free_irq(struct device *dev, unsigned int irq, void *id)
{
	for (struct devres *r = resources; r; r = r->next) {
		struct managed_irq *m = r->data;
		if (r->release != release_irq || m->id != id) continue;
		take(m);
		release_irq(m);
		return;
	}
}
static void release_all(void)
{
	while (resources) {
		struct devres *r = resources;
		resources = r->next;
		r->release(r->data);
		kfree(r);
	}
}

/* ---- the one device ---- */
static struct device_node parent_node = { .name = "parent", .full_name = "parent" };
static struct device_node node = { .name = "device", .full_name = "device", .parent = &parent_node };
static struct device parent = { .of_node = &parent_node, .init_name = "parent" };
static struct platform_device platform = { .name = "device", .id = -1, .dev = { .parent = &parent, .of_node = &node, .init_name = "device" } };
static struct platform_driver *bound;
static struct resource registers;

int of_device_is_compatible(const struct device_node *np, const char *name)
{
	return np == &parent_node ? __inband_of_parent_compatible(name) : np == &node ? __inband_of_compatible(name) : 0;
}
const struct of_device_id *of_match_device(const struct of_device_id *table, const struct device *dev)
{
	for (; table && table->compatible[0]; table++) if (__inband_of_compatible(table->compatible)) return table;
	return NULL;
}
int platform_driver_register(struct platform_driver *drv)
{
	const struct of_device_id *match = of_match_device(drv->driver.of_match_table, &platform.dev);
	int rc;
	if (!match || bound) return 0; /* no device of its */
	platform.dev.match_data = match->data;
	platform.dev.driver = &drv->driver;
	rc = drv->probe(&platform);
	if (rc) {
		release_all();
		return rc;
	}
	bound = drv;
	return 0;
}
static void unbind_i2c(void);
static void unbind(void)
{
	if (!bound) return;
	if (bound->remove) bound->remove(&platform);
	else if (bound->remove_new) bound->remove_new(&platform);
	release_all();
	bound = NULL;
}
void platform_driver_unregister(struct platform_driver *drv) { if (bound == drv) unbind(); }
__attribute__((export_name("__inband_unbind"))) void __inband_unbind(void)
{
	unbind();
	unbind_i2c();
}
__attribute__((export_name("__inband_bound"))) int __inband_bound(void) { return bound != NULL; }

extern int __inband_irq(void);
int platform_get_irq(struct platform_device *p, unsigned int index)
{
	int irq = __inband_irq();
	return irq < 0 ? -ENXIO : irq;
}
unsigned int __inband_irq_map(void)
{
	int irq = __inband_irq();
	return irq < 0 ? 0 : irq;
}
struct resource *platform_get_resource(struct platform_device *p, unsigned int type, unsigned int index)
{
	registers.start = __inband_base();
	registers.end = registers.start + __inband_size() - 1;
	return &registers;
}
int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index, u32 *out)
{
	int n = __inband_of_count(name);
	if (n < 0) return -EINVAL;
	if (index >= (u32)n) return -EOVERFLOW;
	*out = __inband_of_cell(name, index);
	return 0;
}
int of_property_read_u32_array(const struct device_node *np, const char *name, u32 *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = of_property_read_u32_index(np, name, i, &out[i]);
		if (rc) return rc;
	}
	return 0;
}
int of_property_read_u8_array(const struct device_node *np, const char *name, u8 *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		u32 cell;
		int rc = of_property_read_u32_index(np, name, i, &cell);
		if (rc) return rc;
		out[i] = cell;
	}
	return 0;
}
/* No property of the node is a string. */
int of_property_read_string(const struct device_node *np, const char *name, const char **out) { return -EINVAL; }
int of_property_read_variable_u32_array(const struct device_node *np, const char *name, u32 *out, size_t least, size_t most)
{
	int n = __inband_of_count(name);
	if (n < 0) return -EINVAL;
	if ((size_t)n < least) return -EOVERFLOW;
	if ((size_t)n > most) n = most;
	of_property_read_u32_array(np, name, out, n);
	return n;
}
const __be32 *of_get_address(struct device_node *np, int index, u64 *size, unsigned int *flags)
{
	static __be32 cells[8];
	if (__inband_of_count("reg") <= 2 * index || index >= 8) return NULL;
	cells[index] = cpu_to_be32(__inband_of_cell("reg", 2 * index));
	return &cells[index];
}

/* ---- the one I2C client ---- */
extern int __inband_i2c_address(void);
extern int __inband_slave_register(void);
extern int __inband_slave_unregister(void);
static struct i2c_adapter adapter = { .name = "aspeed-i2c" };
static struct i2c_client client = { .adapter = &adapter, .dev = { .of_node = &node, .init_name = "client" } };
static struct i2c_driver *bound_i2c;
static u8 slave_value;

int i2c_add_driver(struct i2c_driver *drv)
{
	const struct of_device_id *match = of_match_device(drv->driver.of_match_table, &client.dev);
	bool named = false;
	int rc;
	for (const struct i2c_device_id *id = drv->id_table; id && id->name[0]; id++) named |= __inband_of_compatible(id->name);
	if ((!match && !named) || bound_i2c) return 0;
	client.addr = __inband_i2c_address();
	client.flags = I2C_CLIENT_SLAVE;
	if (match) client.dev.match_data = match->data;
	/* Older ones take the id, too. */
	rc = ((int (*)(struct i2c_client *, const struct i2c_device_id *))(drv->probe ? drv->probe : drv->probe_new))(&client, drv->id_table);
	if (rc) {
		release_all();
		return rc;
	}
	bound_i2c = drv;
	return 0;
}
static void unbind_i2c(void)
{
	if (!bound_i2c) return;
	if (bound_i2c->remove) bound_i2c->remove(&client);
	release_all();
	bound_i2c = NULL;
}
void i2c_del_driver(struct i2c_driver *drv) { if (bound_i2c == drv) unbind_i2c(); }
int i2c_slave_register(struct i2c_client *c, i2c_slave_cb_t cb)
{
	c->slave_cb = cb;
	return __inband_slave_register();
}
int i2c_slave_unregister(struct i2c_client *c)
{
	int rc = __inband_slave_unregister();
	if (!rc) c->slave_cb = NULL;
	return rc;
}
__attribute__((export_name("__inband_slave_event"))) int __inband_slave_event(int event, int value)
{
	slave_value = value;
	return client.slave_cb(&client, event, &slave_value);
}
__attribute__((export_name("__inband_slave_value"))) int __inband_slave_value(void) { return slave_value; }
u8 i2c_smbus_pec(u8 crc, u8 *p, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++) crc = crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1;
	}
	return crc;
}

/* ---- the one I2C adapter, below a client of ours ---- */
extern int __inband_backend_event(int event, u8 *value);
extern void __inband_adapter(struct i2c_adapter *adapter);
static struct i2c_adapter *bus;
static int backend_event(struct i2c_client *c, enum i2c_slave_event event, u8 *value) { return __inband_backend_event(event, value); }
static struct i2c_client backend = { .flags = I2C_CLIENT_SLAVE, .dev = { .init_name = "backend" }, .slave_cb = backend_event };
int i2c_add_adapter(struct i2c_adapter *a)
{
	if (!a->algo) return -EINVAL;
	if (!a->dev.init_name) a->dev.init_name = "i2c-0";
	bus = a;
	__inband_adapter(a);
	return 0;
}
void i2c_del_adapter(struct i2c_adapter *a) { bus = NULL; }
static void release_adapter(void *a) { i2c_del_adapter(a); }
int devm_i2c_add_adapter(struct device *dev, struct i2c_adapter *a)
{
	int rc = i2c_add_adapter(a);
	return rc ? rc : __inband_devm_add(dev, release_adapter, a);
}
int i2c_recover_bus(struct i2c_adapter *a) { return a->bus_recovery_info && a->bus_recovery_info->recover_bus ? a->bus_recovery_info->recover_bus(a) : -EBUSY; }
void i2c_parse_fw_timings(struct device *dev, struct i2c_timings *t, bool use_defaults)
{
	if (of_property_read_u32(dev->of_node, "clock-frequency", &t->bus_freq_hz) && use_defaults) t->bus_freq_hz = I2C_MAX_STANDARD_MODE_FREQ;
}
__attribute__((export_name("__inband_reg_slave"))) int __inband_reg_slave(int addr)
{
	backend.addr = addr;
	backend.adapter = bus;
	return bus && bus->algo->reg_slave ? bus->algo->reg_slave(&backend) : -EOPNOTSUPP;
}
__attribute__((export_name("__inband_unreg_slave"))) int __inband_unreg_slave(void) { return bus && bus->algo->unreg_slave ? bus->algo->unreg_slave(&backend) : -EOPNOTSUPP; }

/* ---- files ---- */
static struct inode inode;
loff_t no_llseek(struct file *f, loff_t o, int w) { return -ESPIPE; }
/* Nobody seeks: the position of a file moves by reading and writing only. */
loff_t no_seek_end_llseek(struct file *f, loff_t o, int w) { return -ESPIPE; }
loff_t default_llseek(struct file *f, loff_t o, int w) { return -ESPIPE; }
loff_t fixed_size_llseek(struct file *f, loff_t o, int w, loff_t size) { return -ESPIPE; }
ssize_t simple_read_from_buffer(void *to, size_t count, loff_t *pos, const void *from, size_t available)
{
	size_t left, at = *pos;
	if (*pos < 0) return -EINVAL;
	if (at >= available || !count) return 0;
	if (count > available - at) count = available - at;
	left = copy_to_user(to, (const char *)from + at, count);
	if (left == count) return -EFAULT;
	*pos = at + count - left;
	return count - left;
}
ssize_t simple_write_to_buffer(void *to, size_t available, loff_t *pos, const void *from, size_t count)
{
	size_t left, at = *pos;
	if (*pos < 0) return -EINVAL;
	if (at >= available || !count) return 0;
	if (count > available - at) count = available - at;
	left = copy_from_user((char *)to + at, from, count);
	if (left == count) return -EFAULT;
	*pos = at + count - left;
	return count - left;
}
/* misc_open(): the file, or -errno. */
__attribute__((export_name("__inband_open"))) long __inband_open(struct miscdevice *misc, unsigned int flags)
{
	struct file *f = __inband_kzalloc(sizeof(*f));
	int rc = 0;
	if (!f) return -ENOMEM;
	f->f_op = misc->fops;
	f->private_data = misc;
	f->f_flags = flags;
	f->f_mode = FMODE_READ | FMODE_WRITE;
	f->f_inode = &inode;
	if (f->f_op->open) rc = f->f_op->open(&inode, f);
	if (!rc) return (long)f;
	kfree(f);
	return rc;
}
__attribute__((export_name("__inband_release"))) int __inband_release(struct file *f)
{
	int rc = f->f_op->release ? f->f_op->release(&inode, f) : 0;
	kfree(f);
	return rc;
}
/* pread() and pwrite() give a position of their own; read() and write() use that of the file, and move it unless they fail. */
#define OF_FILE (~0u)
__attribute__((export_name("__inband_file_read"))) long __inband_file_read(struct file *f, char *buf, size_t n, unsigned int at)
{
	loff_t pos = at == OF_FILE ? f->f_pos : at;
	ssize_t rc = f->f_op->read ? f->f_op->read(f, buf, n, &pos) : -EINVAL;
	if (at == OF_FILE && rc >= 0) f->f_pos = pos;
	return rc;
}
__attribute__((export_name("__inband_file_write"))) long __inband_file_write(struct file *f, const char *buf, size_t n, unsigned int at)
{
	loff_t pos = at == OF_FILE ? f->f_pos : at;
	ssize_t rc = f->f_op->write ? f->f_op->write(f, buf, n, &pos) : -EINVAL;
	if (at == OF_FILE && rc >= 0) f->f_pos = pos;
	return rc;
}
__attribute__((export_name("__inband_file_poll"))) unsigned int __inband_file_poll(struct file *f)
{
	return f->f_op->poll ? f->f_op->poll(f, NULL) : EPOLLIN | EPOLLOUT;
}
__attribute__((export_name("__inband_file_ioctl"))) long __inband_file_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	long rc = f->f_op->unlocked_ioctl ? f->f_op->unlocked_ioctl(f, cmd, arg) : -ENOIOCTLCMD;
	return rc == -ENOIOCTLCMD ? -ENOTTY : rc;
}
__attribute__((export_name("__inband_misc_name"))) const char *__inband_misc_name(struct miscdevice *misc) { return misc->name; }
