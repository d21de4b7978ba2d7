import { EigenfleetError } from '../../shared/errors.ts';
import type { ObjectInfo, ObjectStore } from '../../shared/storage/object-store.ts';
import { compareUtf8 } from '../../shared/storage/utf8-order.ts';
import type { LabelPlace } from './label-places.ts';

/** Listings open at once. */
const mostCursors = 8;
/** Requests at once where files are asked for by name. */
export const headBatch = 64;

/**
 * Finds the label files of images that come in the order of their keys. Both are listed in that order, so one pass over each finds all; what is
 * in memory are label files that were listed and whose image may still come.
 */
export class LabelJoin {
  readonly #store: Pick<ObjectStore, 'list'>;
  readonly #place: LabelPlace;
  readonly #cursors = new Map<string, Cursor>();

  constructor(store: Pick<ObjectStore, 'list'>, place: LabelPlace) {
    this.#store = store;
    this.#place = place;
  }

  async find(imageKey: string): Promise<ObjectInfo | undefined> {
    const wanted = this.#place.keyOf(imageKey);
    if (wanted === undefined) return undefined;
    const { prefix, key } = wanted;
    let cursor = this.#cursors.get(prefix);
    // An image that lies before the last one was asked for: folders of several places may lie in each other.
    if (cursor?.isPast(key)) {
      await cursor.close();
      cursor = undefined;
    }
    cursor ??= new Cursor(this.#store.list(prefix));
    this.#cursors.delete(prefix);
    this.#cursors.set(prefix, cursor);
    await this.#closeOldest();
    return cursor.find(key);
  }

  async close(): Promise<void> {
    for (const cursor of this.#cursors.values()) await cursor.close();
    this.#cursors.clear();
  }

  async #closeOldest(): Promise<void> {
    for (const [prefix, cursor] of this.#cursors) {
      if (this.#cursors.size <= mostCursors) return;
      this.#cursors.delete(prefix);
      await cursor.close();
    }
  }
}

/** One listing of label files, read as far as images were asked for. */
class Cursor {
  readonly #listing: AsyncIterator<ObjectInfo>;
  /** Listed, and perhaps still to be asked for; in order. */
  readonly #waiting = new Map<string, ObjectInfo>();
  /** The name, up to its last dot, of what was asked for last. */
  #stem = '';
  #listed = '';
  #ended = false;

  constructor(listing: AsyncIterable<ObjectInfo>) {
    this.#listing = listing[Symbol.asyncIterator]();
  }

  isPast(key: string): boolean {
    return compareUtf8(stemOf(key), this.#stem) < 0 && !this.#stem.startsWith(stemOf(key));
  }

  async find(key: string): Promise<ObjectInfo | undefined> {
    this.#stem = stemOf(key);
    while (!this.#ended && compareUtf8(this.#listed, key) < 0) {
      const next = await this.#listing.next();
      if (next.done) this.#ended = true;
      else {
        this.#listed = next.value.key;
        if (next.value.key.endsWith('.txt')) this.#waiting.set(next.value.key, next.value);
      }
    }
    const found = this.#waiting.get(key);
    this.#forgetPassed();
    return found;
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#waiting.clear();
    await this.#listing.return?.();
  }

  /** An image's name begins with the stem of its label file: once names behind that are asked for, none comes any more. */
  #forgetPassed(): void {
    for (const key of this.#waiting.keys()) {
      const stem = stemOf(key);
      if (this.#stem.startsWith(stem) || compareUtf8(stem, this.#stem) >= 0) return;
      this.#waiting.delete(key);
    }
  }
}

/** With its dot. */
function stemOf(labelKey: string): string {
  return labelKey.slice(0, -'txt'.length);
}

/** Asks for the label files of a few images by name; `undefined` for one that is not there or not to be had. */
export function headLabels(
  store: ObjectStore,
  place: LabelPlace,
  imageKeys: readonly string[],
): Promise<(ObjectInfo | undefined)[]> {
  return Promise.all(
    imageKeys.map(async (imageKey) => {
      const wanted = place.keyOf(imageKey);
      if (wanted === undefined) return undefined;
      return store.head(wanted.key).catch((error: unknown) => {
        if (error instanceof EigenfleetError) return undefined;
        throw error;
      });
    }),
  );
}
