import { createHash } from 'node:crypto';
import { checkKey, checkPrefix } from './object-key-check.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';
import { compareUtf8 } from './utf8-order.ts';

interface StoredObject {
  readonly info: ObjectInfo;
  /** In milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly bytes: Uint8Array;
}

/** An object store in memory: for tests, and for answers that need no storage. The etag is a hash of the content. */
export class MemoryStore implements ObjectStore {
  readonly uri: string;
  readonly #objects = new Map<string, StoredObject>();

  /** `name` distinguishes stores in messages and results. */
  constructor(name = 'store') {
    this.uri = `memory:${name}`;
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted();
    return this.#objects.get(checkKey(key))?.bytes.slice();
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    return this.#objects.get(checkKey(key))?.bytes.slice(start, Math.max(start, end));
  }

  async put(key: string, bytes: Uint8Array): Promise<ObjectInfo> {
    const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    const info = { key: checkKey(key), sizeBytes: bytes.length, etag };
    // A plain copy: `slice` of a Buffer would share its memory with the caller.
    this.#objects.set(key, { info, modifiedAt: Date.now(), bytes: Uint8Array.from(bytes) });
    return info;
  }

  async copy({ key: source, etag }: ObjectInfo, key: string): Promise<ObjectInfo | undefined> {
    const object = this.#objects.get(checkKey(source));
    return object?.info.etag === etag ? this.put(key, object.bytes) : undefined;
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    return this.#objects.get(checkKey(key))?.info;
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    const keys = this.#keysBelow(prefix);
    for (const key of keys) {
      const object = this.#objects.get(key);
      if (object !== undefined) yield { ...object.info, modifiedAt: object.modifiedAt };
    }
  }

  async *listFolders(prefix: string): AsyncGenerator<string> {
    const names = new Set<string>();
    for (const key of this.#keysBelow(prefix)) {
      const rest = key.slice(prefix.length);
      if (rest.includes('/')) names.add(rest.slice(0, rest.indexOf('/')));
    }
    yield* [...names].sort(compareUtf8);
  }

  async delete(key: string): Promise<void> {
    this.#objects.delete(checkKey(key));
  }

  #keysBelow(prefix: string): string[] {
    checkPrefix(prefix);
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareUtf8);
  }
}
