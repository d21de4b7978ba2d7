/** What a listing says of one object. `key` is relative to the store's root; `etag` changes when the content does. */
export interface ObjectInfo {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

/**
 * The only door to storage: a flat space of keys (`a/b/c`, `/` on every platform) below one root. Implementations:
 * folder, memory, later S3. One contract test (`test/contract/object-store.test.ts`) holds them all to the same behaviour.
 */
export interface ObjectStore {
  /** Where the root is, as a URI without credentials: `file:///...`, `memory:...`, `s3://bucket/prefix`. */
  readonly uri: string;
  /** The whole object, or `undefined` when there is none. Throws on anything else that keeps it from being read. */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Bytes [start, end) of an object, or `undefined` when there is none. */
  getRange(key: string, start: number, end: number): Promise<Uint8Array | undefined>;
  /** Writes the whole object or nothing: a reader never sees a part. Replaces what was there. */
  put(key: string, bytes: Uint8Array): Promise<ObjectInfo>;
  /** Size and etag, or `undefined` when there is none. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Every object below `prefix`, sorted by the UTF-8 bytes of the key. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** Deletes; no error when there is none. */
  delete(key: string): Promise<void>;
}
