import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathOfKey } from '../../host/file-name.ts';
import { etagOf } from '../folder-listing.ts';
import { FolderStore } from '../folder-store.ts';
import { checkKey } from '../object-key-check.ts';
import type { ObjectInfo } from '../object-store.ts';

/** A disk takes some tens of microseconds for what is in memory, and a network some hundred to answer at all. */
const slowMs = 0.25;
/** So many in a row that a busy processor cannot be what held them up. */
const slowInARow = 64;

/**
 * A `FolderStore` that reads in the thread that asks, for threads that do nothing else: Node passes each step of a read to another thread and back, which costs several times as much
 * CPU as reading a small file. Where answers are slow, as over a network, it goes on as `FolderStore` does, which waits for several at once.
 */
export class BlockingFolderStore extends FolderStore {
  readonly #folder: string;
  #slow = 0;

  constructor(root: string) {
    super(root);
    this.#folder = resolve(root);
  }

  override async getRange(
    key: string,
    start: number,
    end: number,
  ): Promise<Uint8Array | undefined> {
    return this.#at(key, (path) => readNow(path, start, end)) ?? super.getRange(key, start, end);
  }

  override async head(key: string): Promise<ObjectInfo | undefined> {
    const stats = this.#at(key, (path) => statSync(path, { bigint: true }));
    if (!stats?.isFile()) return super.head(key);
    return { key, sizeBytes: Number(stats.size), etag: etagOf(stats) };
  }

  /** `undefined` where it is slow or fails: `FolderStore` knows what follows from that. */
  #at<Value>(key: string, read: (path: string | Buffer) => Value | undefined): Value | undefined {
    if (this.#slow >= slowInARow) return undefined;
    const path = pathOfKey(this.#folder, checkKey(key));
    const startedMs = performance.now();
    try {
      return read(path);
    } catch {
      return undefined;
    } finally {
      this.#slow = performance.now() - startedMs > slowMs ? this.#slow + 1 : 0;
    }
  }
}

/** `undefined` for what is not a file. */
function readNow(path: string | Buffer, start: number, end: number): Uint8Array | undefined {
  // A pipe without a writer would hold up the thread for good, so nothing but files is opened.
  if (!statSync(path).isFile()) return undefined;
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return undefined;
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(end, stats.size) - start));
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(file, bytes, filled, bytes.length - filled, start + filled);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}
