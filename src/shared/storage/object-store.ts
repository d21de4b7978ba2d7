/** Etag of what exists but cannot be read (a dangling link, a pipe): listed, so that it is not silently missing. */
export const unreadableEtag = 'unreadable';

/**
 * What a listing says of one object. `key` is relative to the store's root. `etag` changes when the content does; it may also change when
 * the content does not (a copied folder has new file times), so a differing etag alone does not prove a differing content: see `shard-files.ts`.
 */
export interface ObjectInfo {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** When it was last written, in milliseconds since 1970. Only listings say it, S3 to the second; absent for what cannot be read. */
  readonly modifiedAt?: number;
}

/** What a `put` is given. */
export interface NewObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/**
 * The only door to storage: a flat space of keys (`a/b/c`, `/` on every platform) below one root. Implementations:
 * folder, memory, S3. One contract test (`test/contract/object-store.test.ts`) holds them all to the same behavior.
 */
export interface ObjectStore {
  /** Where the root is, as a URI without credentials: `file:///...`, `memory:...`, `s3://bucket/prefix`. */
  readonly uri: string;
  /** Returns the whole object, or `undefined` when there is none. Throws on any other failure. */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Bytes [start, end) of an object, or `undefined` when there is none. */
  getRange(key: string, start: number, end: number): Promise<Uint8Array | undefined>;
  /** Writes the whole object or nothing: a reader never sees a part. Replaces what was there. */
  put(key: string, bytes: Uint8Array): Promise<ObjectInfo>;
  /**
   * Copies an object to another key, without its bytes coming here where the disk or the server can do that: a folder store makes a second name of the same file (hard link), as nothing is ever
   * changed in place. Returns what is at `key` then; `undefined`, and `key` is not to be used, when there is no object at `from.key`, or another one than `from` says by size and etag.
   */
  copy(from: ObjectInfo, key: string): Promise<ObjectInfo | undefined>;
  /** Size and etag, or `undefined` when there is none. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Every object below `prefix` with its time, sorted by the UTF-8 bytes of the key. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /**
   * Names of the folders directly below `prefix` (`''` or ending in `/`), sorted by their UTF-8 bytes, without descending into them:
   * `a/b/c` and `a/d/e` below `a/` are `b` and `d`. A folder store may name empty folders too.
   */
  listFolders(prefix: string): AsyncIterable<string>;
  /** Deletes an object; a missing one is not an error. A folder store removes the folders, below its root, that are empty then. */
  delete(key: string): Promise<void>;
}
