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
  readonly reads: StorageWait;
  readonly writes: StorageWait;
}

/** Opens stores that wait while they cannot be used: each place once, however often it is asked for, so that it is said once that it is away. */
export class PatientStores {
  readonly #options: PatientStoresOptions;
  readonly #places = new Map<string, Place>();

  constructor(options: PatientStoresOptions) {
    this.#options = options;
  }

  open(uri: string): ObjectStore {
    return this.#place(uri).store;
  }

  /** The wait for what is written at a place: for files there that no store writes, such as locks. */
  writesOf(uri: string): StorageWait {
    return this.#place(uri).writes;
  }

  /** A sentence on a place that cannot be used now; `undefined` while all can. */
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
    const place = { ...waits, store: new PatientStore(store, waits) };
    this.#places.set(store.uri, place);
    return place;
  }
}
