import type { ObjectInfo, ObjectStore } from './object-store.ts';

/**
 * A store that opens on first use. Its client is not loaded before: the AWS SDK is a third of the
 * start of a command that works on folders only.
 */
export class DeferredStore implements ObjectStore {
  readonly uri: string;
  readonly #open: () => Promise<ObjectStore>;
  #opened: Promise<ObjectStore> | undefined;

  /** `uri`: that of the store which `open` returns. */
  constructor(uri: string, open: () => Promise<ObjectStore>) {
    this.uri = uri;
    this.#open = open;
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    return (await this.#store()).get(key, signal);
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    return (await this.#store()).getRange(key, start, end);
  }

  async put(key: string, bytes: Uint8Array): Promise<ObjectInfo> {
    return (await this.#store()).put(key, bytes);
  }

  async copy(from: ObjectInfo, key: string): Promise<ObjectInfo | undefined> {
    return (await this.#store()).copy(from, key);
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    return (await this.#store()).head(key);
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    yield* (await this.#store()).list(prefix);
  }

  async *listFolders(prefix: string): AsyncGenerator<string> {
    yield* (await this.#store()).listFolders(prefix);
  }

  async delete(key: string): Promise<void> {
    return (await this.#store()).delete(key);
  }

  #store(): Promise<ObjectStore> {
    this.#opened ??= this.#open();
    return this.#opened;
  }
}
