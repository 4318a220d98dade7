// What the headers promise, from within: the line of the first promise that is broken is what the module returns.
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/jiffies.h>
#include <linux/err.h>

#define CHECK(c) do { if (!(c)) return __LINE__; } while (0)

struct item { int value; struct list_head node; };
static LIST_HEAD(items);
static int released;
static void release(struct kref *k) { released++; }
struct device_data { struct kref references; u8 pad; u32 after; };

static int __init checks(void)
{
	struct item one = { 1 }, two = { 2 }, *at, *next;
	struct device_data data;
	char text[16];
	u8 *p;
	int n = 0;

	list_add_tail(&one.node, &items);
	list_add_tail(&two.node, &items);
	list_for_each_entry(at, &items, node) n = n * 10 + at->value;
	CHECK(n == 12);
	list_for_each_entry_safe(at, next, &items, node) list_del(&at->node);
	CHECK(list_empty(&items));
	CHECK(!list_first_entry_or_null(&items, struct item, node));

	kref_init(&data.references);
	kref_get(&data.references);
	CHECK(!kref_put(&data.references, release) && !released);
	CHECK(kref_put(&data.references, release) && released == 1);
	CHECK(container_of(&data.after, struct device_data, after) == &data);
	// The struct lies as on ARM.
	CHECK(offsetof(struct device_data, after) == 8 && sizeof(struct device_data) == 12 && sizeof(long) == 4 && sizeof(void *) == 4);
	CHECK((char)-1 == 255); // char is unsigned there

	CHECK(snprintf(text, sizeof(text), "%s-%d:%x", "kcs", -3, 0xcau) == 9 && !strcmp(text, "kcs--3:ca"));
	CHECK(snprintf(text, 4, "%s", "abcdef") == 6 && !strcmp(text, "abc"));
	CHECK(strscpy(text, "0123456789abcdefgh", sizeof(text)) == -E2BIG && strlen(text) == 15);
#define SAYS(said, ...) (snprintf(text, sizeof(text), __VA_ARGS__) == sizeof(said) - 1 && !strcmp(text, said))
	CHECK(SAYS("0a abc", "%02x %s", 10, "abc") && SAYS("10 abc", "%llu %s", 10ull, "abc"));
	CHECK(SAYS("  7|7  |007", "%3d|%-3d|%03d", 7, 7, 7) && SAYS("-07|+7| 7", "%03d|%+d|% d", -7, 7, 7));
	CHECK(SAYS("  ab|ab  |ab", "%4s|%-4s|%.2s", "ab", "ab", "abc") && SAYS("  x", "%*c", 3, 'x') && SAYS("x  .", "%*c.", -3, 'x'));
	CHECK(SAYS("0xca CA 0312", "%#x %X %#o", 0xca, 0xca, 0xca) && SAYS("0042", "%.*u", 4, 42u) && SAYS("%1", "%%%d", 1));
	CHECK(SAYS("ff -1 65535", "%hhx %hd %hu", (u8)0xff, (s16)-1, (u16)0xffff) && SAYS("5 -6 7 8", "%zu %zd %lu %td", (size_t)5, (ssize_t)-6, 7ul, (ptrdiff_t)8));
	CHECK(SAYS("ffffffffffffffff", "%llx", ~0ull) == 0 && !strcmp(text, "fffffffffffffff")); // does not fit
	CHECK(SAYS("00001234 abc", "%p %s", (void *)0x1234, "abc") && SAYS("00001234,x", "%pOFn,%c", (void *)0x1234, 'x') && SAYS("(null)", "%s", (char *)NULL));
	{
		const char *name = kasprintf(GFP_KERNEL, "%s%s", "0123456789012345678901234567890123456789", "0123456789012345678901234567890123456789");
		CHECK(strlen(name) == 80);
		kfree(name);
	}
	memset(text, 'x', sizeof(text));
	memmove(text + 1, text, 8);
	CHECK(!memcmp(text, "xxxx", 4));

	p = kzalloc(13, GFP_KERNEL);
	CHECK(p && !p[12]);
	p[12] = 7;
	kfree(p);
	CHECK(kzalloc(13, GFP_KERNEL) != p); // an address is never given twice
	kfree(NULL);

	CHECK(IS_ERR(ERR_PTR(-ENOMEM)) && PTR_ERR(ERR_PTR(-ENOMEM)) == -12 && !IS_ERR(&data));
	CHECK(msecs_to_jiffies(500) == 50 && msecs_to_jiffies(1) == 1 && HZ == 100);
	CHECK(time_after(jiffies + 1, jiffies) && time_before((unsigned long)-2, 1));
	{
		volatile unsigned int ms = 50000000;
		CHECK(msecs_to_jiffies(ms) == 5000000 && jiffies_to_msecs(50000000ul) == 500000000 && usecs_to_jiffies(50000001) == 5001);
		CHECK(msecs_to_jiffies(-1) == 0x3ffffffe); // for ever
	}
	// Each argument is evaluated once; signs and sizes are those of the arguments.
	CHECK(fls(n++) == 4 && n == 13 && fls(0) == 0 && fls(1) == 1 && fls(0x80000000) == 32);
	CHECK(is_power_of_2(n++) == 0 && n == 14 && order_base_2(n++) == 4 && n == 15);
	CHECK(rounddown(n++, 4) == 12 && n == 16 && roundup(5, n++) == 16 && n == 17);
	CHECK(DIV_ROUND_CLOSEST(-7, 2) == -4 && DIV_ROUND_CLOSEST(7, -2) == -4 && DIV_ROUND_CLOSEST(-7, -2) == 4);
	CHECK(DIV_ROUND_CLOSEST(7, 2) == 4 && DIV_ROUND_CLOSEST(n++, 4u) == 4 && n == 18 && DIV_ROUND_CLOSEST(0xfffffff0u, 16) == 0xfffffffu);
	{
		volatile u64 big = 1ull << 40;
		static const u8 constant[ilog2(1ull << 40)], order[order_base_2(33)];
		CHECK(ilog2(big) == 40 && ilog2(0x80000000) == 31 && sizeof(constant) == 40 && sizeof(order) == 6);
	}
	{
		volatile size_t many = 0x40000001;
		struct { u8 n; u32 words[]; } *p;
		CHECK(!kcalloc(many, 4, GFP_KERNEL) && !kmalloc_array(many, 4, GFP_KERNEL) && !kzalloc(struct_size(p, words, many), GFP_KERNEL));
		CHECK(struct_size(p, words, 3) == 16 && array_size(3, 5) == 15 && array_size(many, 4) == SIZE_MAX && size_add(SIZE_MAX, 1) == SIZE_MAX);
	}
	{
		atomic_t v = ATOMIC_INIT(-1);
		CHECK(atomic_dec_if_positive(&v) == -2 && atomic_read(&v) == -1);
		atomic_set(&v, 2);
		CHECK(atomic_dec_if_positive(&v) == 1 && atomic_dec_if_positive(&v) == 0 && atomic_dec_if_positive(&v) == -1 && atomic_read(&v) == 0);
		n = 3;
		CHECK(atomic_fetch_add(n++, &v) == 0 && n == 4 && atomic_read(&v) == 3);
	}
	CHECK(BIT(31) == 0x80000000 && GENMASK(7, 6) == 0xc0);
	{
		unsigned long map[2] = { 0 };
		set_bit(33, map);
		CHECK(map[1] == 2 && test_and_clear_bit(33, map) && !map[1]);
	}
	return -1;
}
module_init(checks);
