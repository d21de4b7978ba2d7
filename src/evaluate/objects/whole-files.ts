import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoredFiles } from './evaluate-shard.ts';

/** A larger file is read by ranges: several shards are read at once. */
const mostBytes = 16 * 1024 * 1024;

/**
 * The files of one shard, each read whole and once: an image takes ten small ranges of them, which for 256 images of a bucket would be as many requests.
 */
export function wholeFiles(
  store: Pick<ObjectStore, 'get' | 'getRange' | 'head' | 'uri'>,
): StoredFiles {
  const files = new Map<string, Promise<Uint8Array | 'large' | undefined>>();
  const read = async (key: string): Promise<Uint8Array | 'large' | undefined> => {
    const info = await store.head(key);
    if (info === undefined) return undefined;
    return info.sizeBytes > mostBytes ? 'large' : store.get(key);
  };
  return {
    uri: store.uri,
    get: (key) => store.get(key),
    getRange: async (key, start, end) => {
      const file = files.get(key) ?? read(key);
      files.set(key, file);
      const bytes = await file;
      return bytes === 'large' ? store.getRange(key, start, end) : bytes?.subarray(start, end);
    },
  };
}
