/** One round of a 32-bit mixer in the manner of MurmurHash3: order-sensitive, int32 in and out. */
export function mix(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** Spreads the last bits of a hash (MurmurHash3's finaliser). */
export function finish(hash: number): number {
  let h = hash;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hash of a text, by its UTF-16 units. */
export function hashText(text: string, seed = 0): number {
  let h = seed;
  for (let i = 0; i < text.length; i++) h = mix(h, text.charCodeAt(i));
  return finish(h ^ text.length);
}

/** Eight hexadecimal digits. */
export function hex32(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}
