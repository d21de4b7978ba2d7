import { EigenfleetError } from '../errors.ts';
import { systemCode } from '../host/storage-error.ts';
import { StorageUnavailableError } from '../host/storage-unavailable.ts';
import { contradictionOf } from './contradiction.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';
import type { StorageWait } from './storage-wait.ts';
import { compareUtf8 } from './utf8-order.ts';

/** Waits of one store. A full disk can still be read, so reads and writes wait separately. */
export interface StoreWaits {
  readonly reads: StorageWait;
  readonly writes: StorageWait;
}

/** A store that waits while the one behind it is unusable, then continues as if nothing happened. */
export class PatientStore implements ObjectStore {
  readonly uri: string;
  readonly #store: ObjectStore;
  readonly #reads: StorageWait;
  readonly #writes: StorageWait;
  readonly #ownResults: boolean;

  /**
   * @param ownResults All that is read there was written by eigenfleet: a refused read is a missing right, and an object that is listed and yet "not found" a storage at
   * fault. Both are waited for.
   */
  constructor(store: ObjectStore, { reads, writes }: StoreWaits, ownResults = false) {
    this.uri = store.uri;
    this.#ownResults = ownResults;
    this.#store = store;
    this.#reads = reads;
    this.#writes = writes;
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    return this.#read(key, () => this.#store.get(key, signal), signal);
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    return this.#read(key, () => this.#store.getRange(key, start, end));
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    return this.#read(key, () => this.#store.head(key));
  }

  #read<T>(
    key: string,
    request: () => Promise<T | undefined>,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    const asked = this.#ownResults ? () => this.#readOwn(key, request) : request;
    return this.#reads.through(asked, signal);
  }

  async #readOwn<T>(key: string, request: () => Promise<T | undefined>): Promise<T | undefined> {
    const answer = await request().catch((error: unknown) => {
      throw isRefusedRead(error) ? unavailable(error) : error;
    });
    if (answer !== undefined) return answer;
    const contradiction = await contradictionOf(this.#store, key);
    if (contradiction !== undefined) throw contradiction;
    return undefined;
  }

  async put(key: string, bytes: Uint8Array): Promise<ObjectInfo> {
    return this.#writes.through(() => this.#store.put(key, bytes));
  }

  async copy(from: ObjectInfo, key: string): Promise<ObjectInfo | undefined> {
    return this.#writes.through(() => this.#store.copy(from, key));
  }

  async delete(key: string): Promise<void> {
    return this.#writes.through(() => this.#store.delete(key));
  }

  /** A listing that breaks off restarts after the last key that it yielded. */
  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    let last: string | undefined;
    let listing = this.#store.list(prefix)[Symbol.asyncIterator]();
    for (;;) {
      const { value, done } = await this.#reads.through(async () => {
        try {
          return await listing.next();
        } catch (error) {
          listing = behind(this.#store.list(prefix), last);
          throw error;
        }
      });
      if (done) return;
      last = value.key;
      yield value;
    }
  }

  async *listFolders(prefix: string): AsyncGenerator<string> {
    yield* await this.#reads.through(async () => {
      const names: string[] = [];
      for await (const name of this.#store.listFolders(prefix)) names.push(name);
      return names;
    });
  }
}

/** Whether a right is what is missing: a folder's permission, or S3's 403 and its like. */
function isRefusedRead(error: unknown): error is EigenfleetError {
  if (!(error instanceof EigenfleetError) || error.code !== 'storage') return false;
  const { cause } = error;
  if (['EACCES', 'EPERM'].includes(systemCode(cause) ?? '')) return true;
  const { $metadata } = (cause ?? {}) as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 300 && status < 500;
}

function unavailable(error: EigenfleetError): StorageUnavailableError {
  return new StorageUnavailableError(error.message, { cause: error, lasting: true });
}

async function* behind(
  listing: AsyncIterable<ObjectInfo>,
  last: string | undefined,
): AsyncGenerator<ObjectInfo> {
  for await (const info of listing) {
    if (last === undefined || compareUtf8(info.key, last) > 0) yield info;
  }
}
