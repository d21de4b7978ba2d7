import type { ObjectStore } from './object-store.ts';
import { PatientStore } from './patient-store.ts';
import { type StorageNotice, StorageWait, type StorageWaitOptions } from './storage-wait.ts';

export interface PatientStoresOptions extends Omit<StorageWaitOptions, 'say'> {
  open(uri: string): ObjectStore;
  say(notice: PlaceNotice): void;
}

export interface PlaceNotice extends StorageNotice {
  /** URI of the store. */
  readonly place: string;
  readonly doing: 'read' | 'written';
}

interface Place {
  readonly store: PatientStore;
  readonly results: PatientStore;
  readonly reads: StorageWait;
  readonly writes: StorageWait;
}

/** Opens stores that wait while they are unusable: each place once, however often it is requested, so that one outage is reported once. */
export class PatientStores {
  readonly #options: PatientStoresOptions;
  readonly #places = new Map<string, Place>();

  constructor(options: PatientStoresOptions) {
    this.#options = options;
  }

  open(uri: string): ObjectStore {
    return this.#place(uri).store;
  }

  /** The same for a place of results, where a refused read is waited for like a refused write. */
  openResults(uri: string): ObjectStore {
    return this.#place(uri).results;
  }

  /** The wait for writes at a place: for files that no store writes, such as locks. */
  writesOf(uri: string): StorageWait {
    return this.#place(uri).writes;
  }

  /** Returns a sentence about a place that is unusable now; `undefined` while all work. */
  get fault(): string | undefined {
    for (const { reads, writes } of this.#places.values()) {
      const fault = writes.fault ?? reads.fault;
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #place(uri: string): Place {
    const store = this.#options.open(uri);
    const known = this.#places.get(store.uri);
    if (known !== undefined) return known;
    const waitOf = (doing: PlaceNotice['doing']): StorageWait =>
      new StorageWait({
        ...this.#options,
        say: (notice) => this.#options.say({ ...notice, place: store.uri, doing }),
      });
    const waits = { reads: waitOf('read'), writes: waitOf('written') };
    const place = {
      ...waits,
      store: new PatientStore(store, waits),
      results: new PatientStore(store, waits, true),
    };
    this.#places.set(store.uri, place);
    return place;
  }
}
