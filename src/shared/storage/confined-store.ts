import { pathToFileURL } from 'node:url';
import { EigenfleetError } from '../errors.ts';
import type { AllowedPlaces } from './allowed-places.ts';
import { localPathOf } from './local-path.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';

/**
 * A folder whose links are followed only to allowed places: anybody who can put a link into it could otherwise have any file of this machine read or
 * replaced. Throws `storage` for the others. Listings name what is there; reading decides.
 */
class ConfinedFolder implements ObjectStore {
  readonly uri: string;
  readonly #store: ObjectStore;
  readonly #places: AllowedPlaces;

  constructor(store: ObjectStore, places: AllowedPlaces) {
    this.uri = store.uri;
    this.#store = store;
    this.#places = places;
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    await this.#check(key);
    return this.#store.get(key, signal);
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    await this.#check(key);
    return this.#store.getRange(key, start, end);
  }

  async put(key: string, bytes: Uint8Array): Promise<ObjectInfo> {
    await this.#check(key);
    return this.#store.put(key, bytes);
  }

  async copy(from: ObjectInfo, key: string): Promise<ObjectInfo | undefined> {
    await this.#check(from.key);
    await this.#check(key);
    return this.#store.copy(from, key);
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    await this.#check(key);
    return this.#store.head(key);
  }

  list(prefix: string): AsyncIterable<ObjectInfo> {
    return this.#store.list(prefix);
  }

  listFolders(prefix: string): AsyncIterable<string> {
    return this.#store.listFolders(prefix);
  }

  async delete(key: string): Promise<void> {
    await this.#check(key);
    return this.#store.delete(key);
  }

  async #check(key: string): Promise<void> {
    const file = `${localPathOf(this.uri)}/${key}`;
    if (await this.#places.has(pathToFileURL(file).href)) return;
    throw new EigenfleetError(
      'storage',
      `${file} is not below the places that this process may use: see its --allow-in and --allow-out.`,
    );
  }
}

/** Returns a store that stays within `places` whatever links are in it. S3 has none. */
export function confined(store: ObjectStore, places: AllowedPlaces): ObjectStore {
  const isFolder = localPathOf(store.uri) !== undefined;
  return isFolder && places.restricts ? new ConfinedFolder(store, places) : store;
}
