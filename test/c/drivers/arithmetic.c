// Pure functions: what the translation makes of them must be what WebAssembly itself computes.
#include <linux/kernel.h>

#define PURE(name) __attribute__((export_name("pure_" #name))) int pure_##name(int a, int b)

PURE(arithmetic) { return a * b + (a << (b & 31)) - (b >> 3) + ((u32)a >> (b & 15)) + (a ^ ~b) + -a; }
PURE(compare) { return (a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3 | ((u32)a < (u32)b) << 4 | ((u32)a >= (u32)b) << 5 | (!a) << 6; }
PURE(divide) { return b == 0 || (a == (int)0x80000000 && b == -1) ? 7 : a / b * 3 + a % b + (u32)a / (u32)b + (u32)a % (u32)b; }
PURE(narrow) { return (s8)a + (u8)b * 3 + (s16)a - (u16)b + (bool)(a & 4); }
PURE(bits)
{
	u32 x = a;
	return __builtin_popcount(x) + (x ? __builtin_clz(x) + __builtin_ctz(x) : 64) + ((x << (b & 31)) | (x >> ((32 - b) & 31))) + cpu_to_be32(x);
}
PURE(wide)
{
	u64 x = ((u64)(u32)a << 32) | (u32)b, y = (s64)a * b;
	s64 z = (s64)x - (s64)y;
	return (int)(x ^ (x >> 17)) + (int)(y % 1000003) + (int)(z >> 40) + (z < (s64)y) + (x > y) * 2 + (int)(b ? x / (u32)b : 0) + (int)(z << (a & 63));
}
PURE(wide_bits)
{
	u64 x = ((u64)(u32)a << 32) | (u32)b, y = (x << (a & 63)) | (x >> (-a & 63));
	return __builtin_popcountll(x) + (x ? __builtin_clzll(x) * 3 + __builtin_ctzll(x) * 5 : 64) + (int)(y >> 32) + (int)y;
}
PURE(fields)
{
	u32 r = FIELD_PREP(GENMASK(23, 20), a) | FIELD_PREP(BIT(15), b);
	return r + FIELD_GET(GENMASK(11, 4), (u32)b) + GENMASK(31, 31) + min(a, b) * 3 + max_t(u32, a, b) + clamp(a, -5, 5) + DIV_ROUND_UP((u32)a, 7u);
}
PURE(branches)
{
	int n = 0;
	for (int i = 0; i < (a & 15); i++) {
		switch ((b >> i) & 7) {
		case 0: continue;
		case 1: n += 3; break;
		case 2: n ^= i;
			fallthrough;
		case 3: n -= 5; break;
		case 5: if (n & 1) goto out;
			n *= 3; break;
		default: n += (i & 1) ? a : b;
		}
		if (n > 1000000) break;
		for (int j = i; j > 0; j -= 2) { if (j == (b & 3)) break; n += j; }
	}
out:
	return n;
}
PURE(memory)
{
	u8 bytes[24];
	u16 *half = (u16 *)&bytes[2];
	for (int i = 0; i < 24; i++) bytes[i] = a >> (i & 7);
	half[1] = b;
	*(u32 *)&bytes[12] = a ^ b;
	*(u64 *)&bytes[16] = (u64)a * 3;
	return *(volatile u32 *)&bytes[0] + *(volatile s16 *)&bytes[4] * *(volatile s8 *)&bytes[13] + *(volatile u16 *)&bytes[6]
		+ *(volatile int *)&bytes[17] + (int)*(volatile u64 *)&bytes[9];
}
static int twice(int x) { return 2 * x; }
static int next(int x) { return x + 1; }
static int last(int x) { return x - 1; }
static int (*volatile table[])(int) = { twice, next, last };
PURE(pointers) { return table[(u32)a % 3](b) + table[(u32)b % 3](a); }
static int sum(int n, ...)
{
	__builtin_va_list list;
	int s = 0;
	__builtin_va_start(list, n);
	while (n--) s = s * 31 + __builtin_va_arg(list, int);
	return s;
}
PURE(variadic) { return sum(3, a, b, a ^ b); }
struct point { int x, y; u64 z; };
static struct point turned(struct point p) { struct point q = { p.y, -p.x, p.z + 1 }; return q; }
PURE(structs) { struct point p = { a, b, a }, q = turned(turned(p)), *r = b & 1 ? &p : &q; return r->x * 3 + q.y + (int)q.z; }
PURE(recursion) { return (u32)a < 2 ? b : pure_recursion((u32)a >> 1, b + (a & 1)) + 1; }
