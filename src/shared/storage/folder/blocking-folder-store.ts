import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { hasEscapes, pathOfKey } from '../../host/file-name.ts';
import { temporaryName } from '../abandoned-files.ts';
import { etagOf } from '../folder-listing.ts';
import { FolderStore } from '../folder-store.ts';
import { checkKey } from '../object-key-check.ts';
import type { ObjectInfo } from '../object-store.ts';

/** A disk takes some tens of microseconds for what is in memory, and a network some hundred to answer at all. */
const slowReadMs = 0.25;
/** A new file takes a disk a tenth of that, also under load, and a network six answers. */
const slowPutMs = 1.5;
/** So many in a row that a busy processor cannot be what held them up. */
const slowInARow = 64;

/**
 * A `FolderStore` that reads and writes in the thread that asks, for threads that do nothing else: Node passes each step of a read or a write to another thread and back, which costs several
 * times as much CPU as reading or writing a small file. Where answers are slow, as over a network, it goes on as `FolderStore` does, which waits for several at once.
 */
export class BlockingFolderStore extends FolderStore {
  readonly #folder: string;
  /** Where something was put before: they are made and cleared. */
  readonly #ready = new Set<string>();
  readonly #slowReads = { limitMs: slowReadMs, inARow: 0 };
  readonly #slowPuts = { limitMs: slowPutMs, inARow: 0 };

  constructor(root: string) {
    super(root);
    this.#folder = resolve(root);
  }

  /** Whether it has gone over to writing as `FolderStore` does. */
  get isSlow(): boolean {
    return this.#slowPuts.inARow >= slowInARow;
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

  override async put(key: string, bytes: Uint8Array): Promise<ObjectInfo> {
    const folder = dirname(key);
    const temporary = join(this.#folder, folder, await temporaryName());
    const isEasy = this.#ready.has(folder) && !hasEscapes(key);
    const etag = isEasy && this.#at(key, (path) => putNow(path, temporary, bytes), this.#slowPuts);
    if (etag) return { key, sizeBytes: bytes.length, etag };
    const put = await super.put(key, bytes);
    this.#ready.add(folder);
    return put;
  }

  /** `undefined` where it is slow or fails: `FolderStore` knows what follows from that. */
  #at<Value>(
    key: string,
    access: (path: string | Buffer) => Value | undefined,
    slow = this.#slowReads,
  ): Value | undefined {
    if (slow.inARow >= slowInARow) return undefined;
    const path = pathOfKey(this.#folder, checkKey(key));
    const startedMs = performance.now();
    try {
      return access(path);
    } catch {
      return undefined;
    } finally {
      slow.inARow = performance.now() - startedMs > slow.limitMs ? slow.inARow + 1 : 0;
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

/** The same steps as `FolderStore` takes. Returns the etag. */
function putNow(path: string | Buffer, temporary: string, bytes: Uint8Array): string {
  const file = openSync(temporary, 'wx');
  try {
    writeFileSync(file, bytes);
    const now = (performance.timeOrigin + performance.now()) / 1000;
    futimesSync(file, now, now);
    const stats = fstatSync(file, { bigint: true });
    renameSync(temporary, path);
    return etagOf(stats);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}
