import { usualShardSize } from '../../shared/settings/shard-size.ts';

/** Of the largest shard that may be: nearer to each other than this no two shards end by themselves. */
const leastShare = 1 / 3;

/**
 * The images of each shard, where shards end by the names of the images and not by counting: an image ends its shard (the next one begins with it) where its `keyMix` is the lowest
 * among so many before and behind it. So an image that comes or goes changes one shard, rarely two, and all others have the same images as before, whatever the run
 * was planned from. None ends where images behind it could undo that. A longer stretch without such an image is parted at the lowest one in its middle.
 *
 * @param mixes of the keys, in the order of the dataset
 * @param most images of a shard
 */
export function stableShards(mixes: Uint32Array, most: number): number[] {
  const reach = Math.max(1, Math.floor(most * leastShare));
  const sizes: number[] = [];
  let start = 0;
  for (let at = reach; at + reach < mixes.length; at++) {
    if (!isLowest(mixes, at, reach)) continue;
    for (const size of part(mixes.subarray(start, at), most)) sizes.push(size);
    start = at;
  }
  for (const size of part(mixes.subarray(start), most)) sizes.push(size);
  return sizes;
}

/** Of several that are the same the first. */
function isLowest(mixes: Uint32Array, at: number, reach: number): boolean {
  const own = mixes[at] ?? 0;
  for (let away = 1; away <= reach; away++) {
    if ((mixes[at - away] ?? 0) <= own || (mixes[at + away] ?? 0) < own) return false;
  }
  return true;
}

/** The images of one shard, or of several where they are more than `most`. */
function part(mixes: Uint32Array, most: number): number[] {
  const { length } = mixes;
  if (length <= most) return length > 0 ? [length] : [];
  const last = Math.max(1, Math.floor((length * 3) / 4));
  let middle = Math.max(1, Math.ceil(length / 4));
  for (let at = middle + 1; at < last; at++) {
    if ((mixes[at] ?? 0) < (mixes[middle] ?? 0)) middle = at;
  }
  return [...part(mixes.subarray(0, middle), most), ...part(mixes.subarray(middle), most)];
}

/**
 * The largest shard of a dataset of so many images: 1/128 of them, as elsewhere, but a power of two from 16 to 256, so that a growing dataset is cut otherwise only when it has
 * doubled.
 */
export function stableShardSize(images: number): number {
  let size = 16;
  while (size < usualShardSize && size * 2 * 128 <= images) size *= 2;
  return size;
}
