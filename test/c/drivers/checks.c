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
	CHECK(BIT(31) == 0x80000000 && GENMASK(7, 6) == 0xc0);
	{
		unsigned long map[2] = { 0 };
		set_bit(33, map);
		CHECK(map[1] == 2 && test_and_clear_bit(33, map) && !map[1]);
	}
	return -1;
}
module_init(checks);
