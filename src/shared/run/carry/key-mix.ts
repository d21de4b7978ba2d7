/**
 * 32 bits of a key that have nothing to do with the order of the keys: FNV-1a over its UTF-16 code units, then MurmurHash3's finalizer. They decide where shards end and which
 * images are sampled, so that an image that comes or goes changes what is around it, and nothing else. Not against an adversary: a choice of names can make odd shards, no wrong ones.
 */
export function keyMix(key: string): number {
  let mixed = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) mixed = Math.imul(mixed ^ key.charCodeAt(i), 0x01000193);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
