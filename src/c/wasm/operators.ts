/**
 * What each operator without immediates is in JavaScript: i32 is a number that is a signed 32-bit integer, i64 a
 * 64-bit integer (its type is slow, but drivers hardly use it). `$1` and `$2` are the operands.
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
  0x6d: value('divS($1,$2)'),
  0x6e: value('divU($1,$2)'),
  0x6f: value('remS($1,$2)'),
  0x70: value('remU($1,$2)'),
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
  0x7f: wide('($1)/nonzero($2)'),
  0x80: wide(`${U64}$1)/nonzero(${U64}$2))`),
  0x81: wide('($1)%nonzero($2)'),
  0x82: wide(`${U64}$1)%nonzero(${U64}$2))`),
  0x83: value('(($1)&($2))'),
  0x84: value('(($1)|($2))'),
  0x85: value('(($1)^($2))'),
  0x86: wide('($1)<<(($2)&63n)'),
  0x87: value('(($1)>>(($2)&63n))'),
  0x88: wide(`${U64}$1)>>(($2)&63n)`),
};

/** Loads: the function of {@link HELPERS} that does it. */
export const LOADS: Readonly<Record<number, string>> = {
  0x28: 'ld32', 0x29: 'ld64', 0x2c: 'ld8s', 0x2d: 'ld8u', 0x2e: 'ld16s', 0x2f: 'ld16u',
  0x30: 'ld8s64', 0x31: 'ld8u64', 0x32: 'ld16s64', 0x33: 'ld16u64', 0x34: 'ld32s64', 0x35: 'ld32u64',
};

export const STORES: Readonly<Record<number, string>> = {
  0x36: 'st32', 0x37: 'st64', 0x3a: 'st8', 0x3b: 'st16', 0x3c: 'st8n', 0x3d: 'st16n', 0x3e: 'st32n',
};

/**
 * What the translated functions call. `P` has a byte for each byte of memory, 0 where it may be used; whatever is not
 * plain goes to `load` and `store`, which know what it is. Every access names its site last.
 */
export const HELPERS = `
const{U8,U16,I32,P,T,G,F,S,m,h,call,load,store,trap,badCall,runaway}=env;
function ld8u(a,s){return P[a]===0?U8[a]:load(a,1,s)}
function ld8s(a,s){return ld8u(a,s)<<24>>24}
function ld16u(a,s){return P[a]===0&&(a&1)===0?U16[a>>1]:load(a,2,s)}
function ld16s(a,s){return ld16u(a,s)<<16>>16}
function ld32(a,s){return P[a]===0&&P[a+3]===0&&(a&3)===0?I32[a>>2]:load(a,4,s)|0}
function st8(a,v,s){if(P[a]===0)U8[a]=v;else store(a,1,v,s)}
function st16(a,v,s){if(P[a]===0&&(a&1)===0)U16[a>>1]=v;else store(a,2,v,s)}
function st32(a,v,s){if(P[a]===0&&P[a+3]===0&&(a&3)===0)I32[a>>2]=v;else store(a,4,v,s)}
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
function divS(a,b){if(b===0)trap('division by zero');return a/b|0}
function divU(a,b){if(b===0)trap('division by zero');return(a>>>0)/(b>>>0)|0}
function remS(a,b){if(b===0)trap('division by zero');return a%b|0}
function remU(a,b){if(b===0)trap('division by zero');return((a>>>0)%(b>>>0))|0}
function nonzero(b){if(b===0n)trap('division by zero');return b}
function copy(d,s,n,w){for(let i=0;i<n;i++)st8(d+i|0,ld8u(s+i|0,w),w)}
function fill(d,v,n,w){for(let i=0;i<n;i++)st8(d+i|0,v,w)}
function find(i){const f=T[i];if(f===undefined||f===null)badCall(i);return f}
`;
