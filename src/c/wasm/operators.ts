/**
 * What each operator without immediates is in JavaScript: i32 is a number that is a signed 32-bit integer, i64 a
 * 64-bit integer (its type is slow, but drivers hardly use it). `$1` and `$2` are the operands, `$s` the site.
 */
interface Operator {
  readonly code: string;
  /** The code is a condition: 1 or 0 where it is used as a number. */
  readonly test?: true;
}

const test = (code: string): Operator => ({ code, test: true });
const value = (code: string): Operator => ({ code });
const wide = (code: string): Operator => ({ code: `BigInt.asIntN(64,${code})` });

/** Unsigned view of an i64. */
const U64 = 'BigInt.asUintN(64,';

export const UNARY: Readonly<Record<number, Operator>> = {
  0x45: test('($1)===0'),
  0x50: test('($1)===0n'),
  0x67: value('Math.clz32($1)'),
  0x68: value('ctz($1)'),
  0x69: value('popcnt($1)'),
  0x79: value('clz64($1)'),
  0x7a: value('ctz64($1)'),
  0x7b: value('popcnt64($1)'),
  0xa7: value('Number(BigInt.asIntN(32,$1))'),
  0xac: value('BigInt($1)'),
  0xad: value('BigInt(($1)>>>0)'),
  0xc0: value('(($1)<<24>>24)'),
  0xc1: value('(($1)<<16>>16)'),
  0xc2: wide('BigInt.asIntN(8,$1)'),
  0xc3: wide('BigInt.asIntN(16,$1)'),
  0xc4: wide('BigInt.asIntN(32,$1)'),
};

export const BINARY: Readonly<Record<number, Operator>> = {
  // i32 comparisons
  0x46: test('($1)===($2)'),
  0x47: test('($1)!==($2)'),
  0x48: test('($1)<($2)'),
  0x49: test('(($1)>>>0)<(($2)>>>0)'),
  0x4a: test('($1)>($2)'),
  0x4b: test('(($1)>>>0)>(($2)>>>0)'),
  0x4c: test('($1)<=($2)'),
  0x4d: test('(($1)>>>0)<=(($2)>>>0)'),
  0x4e: test('($1)>=($2)'),
  0x4f: test('(($1)>>>0)>=(($2)>>>0)'),
  // i64 comparisons
  0x51: test('($1)===($2)'),
  0x52: test('($1)!==($2)'),
  0x53: test('($1)<($2)'),
  0x54: test(`${U64}$1)<${U64}$2)`),
  0x55: test('($1)>($2)'),
  0x56: test(`${U64}$1)>${U64}$2)`),
  0x57: test('($1)<=($2)'),
  0x58: test(`${U64}$1)<=${U64}$2)`),
  0x59: test('($1)>=($2)'),
  0x5a: test(`${U64}$1)>=${U64}$2)`),
  // i32 arithmetic
  0x6a: value('(($1)+($2)|0)'),
  0x6b: value('(($1)-($2)|0)'),
  0x6c: value('Math.imul($1,$2)'),
  0x6d: value('divS($1,$2,$s)'),
  0x6e: value('divU($1,$2,$s)'),
  0x6f: value('remS($1,$2,$s)'),
  0x70: value('remU($1,$2,$s)'),
  0x71: value('(($1)&($2))'),
  0x72: value('(($1)|($2))'),
  0x73: value('(($1)^($2))'),
  0x74: value('(($1)<<($2))'),
  0x75: value('(($1)>>($2))'),
  0x76: value('(($1)>>>($2)|0)'),
  0x77: value('rotl($1,$2)'),
  0x78: value('rotl($1,-($2)|0)'),
  // i64 arithmetic
  0x7c: wide('($1)+($2)'),
  0x7d: wide('($1)-($2)'),
  0x7e: wide('($1)*($2)'),
  0x7f: wide('($1)/nonzero($2,$s)'),
  0x80: wide(`${U64}$1)/nonzero(${U64}$2),$s)`),
  0x81: wide('($1)%nonzero($2,$s)'),
  0x82: wide(`${U64}$1)%nonzero(${U64}$2),$s)`),
  0x83: value('(($1)&($2))'),
  0x84: value('(($1)|($2))'),
  0x85: value('(($1)^($2))'),
  0x86: wide('($1)<<(($2)&63n)'),
  0x87: value('(($1)>>(($2)&63n))'),
  0x88: wide(`${U64}$1)>>(($2)&63n)`),
  0x89: value('rotl64($1,$2)'),
  0x8a: value('rotl64($1,-($2))'),
};

/** A load or store: the function of {@link HELPERS} that does it, and the bytes that it touches. */
export interface Access {
  readonly helper: string;
  readonly size: number;
  /** READ_ONCE(), WRITE_ONCE() and operations on atomic_t, which the headers make atomic instructions. */
  readonly marked: boolean;
}

const plain = (helper: string, size: number): Access => ({ helper, size, marked: false });
const marked = (helper: string, size: number): Access => ({ helper, size, marked: true });

export const LOADS: Readonly<Record<number, Access>> = {
  0x28: plain('ld32', 4), 0x29: plain('ld64', 8), 0x2c: plain('ld8s', 1), 0x2d: plain('ld8u', 1), 0x2e: plain('ld16s', 2), 0x2f: plain('ld16u', 2),
  0x30: plain('ld8s64', 1), 0x31: plain('ld8u64', 1), 0x32: plain('ld16s64', 2), 0x33: plain('ld16u64', 2), 0x34: plain('ld32s64', 4),
  0x35: plain('ld32u64', 4),
  0xfe10: marked('ld32', 4), 0xfe11: marked('ld64', 8), 0xfe12: marked('ld8u', 1), 0xfe13: marked('ld16u', 2), 0xfe14: marked('ld8u64', 1),
  0xfe15: marked('ld16u64', 2), 0xfe16: marked('ld32u64', 4),
};

export const STORES: Readonly<Record<number, Access>> = {
  0x36: plain('st32', 4), 0x37: plain('st64', 8), 0x3a: plain('st8', 1), 0x3b: plain('st16', 2), 0x3c: plain('st8n', 1), 0x3d: plain('st16n', 2),
  0x3e: plain('st32n', 4),
  0xfe17: marked('st32', 4), 0xfe18: marked('st64', 8), 0xfe19: marked('st8', 1), 0xfe1a: marked('st16', 2), 0xfe1b: marked('st8n', 1),
  0xfe1c: marked('st16n', 2), 0xfe1d: marked('st32n', 4),
};

/** Loads and stores in one: how the value that is stored comes from the old one, `$1`, and the operand, `$2`. */
export interface Update {
  readonly load: string;
  readonly store: string;
  readonly size: number;
  readonly code: string;
}

const UPDATES: readonly (readonly [first: number, code: string])[] = [
  [0xfe1e, '($1)+($2)'], [0xfe25, '($1)-($2)'], [0xfe2c, '($1)&($2)'], [0xfe33, '($1)|($2)'], [0xfe3a, '($1)^($2)'], [0xfe41, '$2'],
];
/** By the number behind the first: i32, and bytes and halves of it. */
const WIDTHS: readonly (readonly [offset: number, load: string, store: string, size: number])[] = [
  [0, 'ld32', 'st32', 4], [2, 'ld8u', 'st8', 1], [3, 'ld16u', 'st16', 2],
];

/** i32.atomic.rmw and its like (threads proposal). */
export const ATOMIC_UPDATES: Readonly<Record<number, Update>> = Object.fromEntries(UPDATES.flatMap(([first, code]) => (
  WIDTHS.map(([offset, load, store, size]) => [first + offset, { load, store, size, code }]))));

/** Stores what comes second if what is there is what comes first. */
export const ATOMIC_EXCHANGES: Readonly<Record<number, Update>> = Object.fromEntries(WIDTHS.map(([offset, load, store, size]) => (
  [0xfe48 + offset, { load, store, size, code: '' }])));

/**
 * What the translated functions call. `P` has a byte for each byte of memory, 0 where it may be used; `P16` and `P32` are
 * views of it. Whatever is not plain goes to `load` and `store`, which know what it is. Every access names its site last.
 */
export const HELPERS = `
const{U8,U16,I32,P,P16,P32,T,G,F,S,m,h,note,chain,call,load,store,trap,badCall,runaway,overflow}=env;
function ld8u(a,s){return P[a]===0?U8[a]:load(a,1,s)}
function ld8s(a,s){return ld8u(a,s)<<24>>24}
function ld16u(a,s){return(a&1)===0&&P16[a>>1]===0?U16[a>>1]:load(a,2,s)}
function ld16s(a,s){return ld16u(a,s)<<16>>16}
function ld32(a,s){return(a&3)===0&&P32[a>>2]===0?I32[a>>2]:load(a,4,s)|0}
function st8(a,v,s){if(P[a]===0)U8[a]=v;else store(a,1,v,s)}
function st16(a,v,s){if((a&1)===0&&P16[a>>1]===0)U16[a>>1]=v;else store(a,2,v,s)}
function st32(a,v,s){if((a&3)===0&&P32[a>>2]===0)I32[a>>2]=v;else store(a,4,v,s)}
function ld64(a,s){return BigInt.asIntN(64,BigInt(ld32(a+4|0,s))<<32n|BigInt(ld32(a,s)>>>0))}
function st64(a,v,s){st32(a,Number(BigInt.asIntN(32,v)),s);st32(a+4|0,Number(BigInt.asIntN(32,v>>32n)),s)}
function ld8s64(a,s){return BigInt(ld8s(a,s))}
function ld8u64(a,s){return BigInt(ld8u(a,s))}
function ld16s64(a,s){return BigInt(ld16s(a,s))}
function ld16u64(a,s){return BigInt(ld16u(a,s))}
function ld32s64(a,s){return BigInt(ld32(a,s))}
function ld32u64(a,s){return BigInt(ld32(a,s)>>>0)}
function st8n(a,v,s){st8(a,Number(BigInt.asIntN(32,v)),s)}
function st16n(a,v,s){st16(a,Number(BigInt.asIntN(32,v)),s)}
function st32n(a,v,s){st32(a,Number(BigInt.asIntN(32,v)),s)}
function ctz(x){return x===0?32:31-Math.clz32(x&-x)}
function popcnt(x){let n=0;for(;x!==0;n++)x&=x-1;return n}
function rotl(x,n){n&=31;return x<<n|x>>>((32-n)&31)&(n===0?0:-1)}
function halves(f,x){return BigInt(f(Number(BigInt.asIntN(32,x>>32n)),Number(BigInt.asIntN(32,x))))}
function clz64(x){return halves((h,l)=>h===0?32+Math.clz32(l):Math.clz32(h),x)}
function ctz64(x){return halves((h,l)=>l===0?32+ctz(h):ctz(l),x)}
function popcnt64(x){return halves((h,l)=>popcnt(h)+popcnt(l),x)}
function rotl64(x,n){const u=BigInt.asUintN(64,x),k=n&63n;return BigInt.asIntN(64,u<<k|u>>(64n-k))}
function objectOp(h,t,s,a,k){if(K[k]===a)return V[k];K[k]=a;return V[k]=h(t,s,a)|F[s]}
function sp(t,v,s){if(v<t.bottom)overflow(s);t.sp=v;if(v<t.low)t.low=v}
function divS(a,b,s){if(b===0)trap('a division by zero',s);return a/b|0}
function divU(a,b,s){if(b===0)trap('a division by zero',s);return(a>>>0)/(b>>>0)|0}
function remS(a,b,s){if(b===0)trap('a division by zero',s);return a%b|0}
function remU(a,b,s){if(b===0)trap('a division by zero',s);return((a>>>0)%(b>>>0))|0}
function nonzero(b,s){if(b===0n)trap('a division by zero',s);return b}
function copy(d,s,n,w){for(let i=0;i<n;i++)st8(d+i|0,ld8u(s+i|0,w),w)}
function fill(d,v,n,w){for(let i=0;i<n;i++)st8(d+i|0,v,w)}
function find(i,s){const f=T[i];if(f===undefined||f===null)badCall(i,s);return f}
`;
