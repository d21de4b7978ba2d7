import {
  constants,
  copyFile,
  link,
  lstat,
  rename,
  rm,
  rmdir,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EigenfleetError } from '../errors.ts';
import { diskWatch } from '../host/disk-watch.ts';
import { hasEscapes, pathOfKey } from '../host/file-name.ts';
import { makeFolder } from '../host/make-folder.ts';
import {
  mostFileBytes,
  readFileRange,
  readRegularFile,
  UnreadableFileError,
} from '../host/regular-file.ts';
import { storageError, systemCode } from '../host/storage-error.ts';
import { Slots } from '../host/threads/slots.ts';
import { removeAbandoned, temporaryName } from './abandoned-files.ts';
import { etagOf, isAbsent, listFolderTree, readEntries } from './folder-listing.ts';
import { checkKey, checkPrefix } from './object-key-check.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';
import { compareUtf8 } from './utf8-order.ts';

/** Open files at once, far below the usual limit of 1,024, however many requests a caller starts together. */
const openFiles = 64;

/** How often a folder may be removed while a file is written into it, before that counts as a fault. */
const mostRemovals = 16;

/** Shares the blocks of the file where the file system can. */
const freshCopy = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;

/**
 * The object store over a folder, which the first `put` makes. The folder may be a user's own (images): it follows links, and reading writes nothing.
 *
 * `put` writes a temporary file beside the target and renames it, so a reader sees the old object or the new one. It does not wait for the
 * disk (`fsync`): after a power cut an object can be shorter than it was, which the sizes in the shard's marker show.
 * Temporary files are never listed; those of a dead process are removed by a later `put` into the same folder, and by the summary of the run.
 *
 * The etag is size and modification time, so that a listing needs no reading. Every failure is an `EigenfleetError` of code `storage`.
 */
export class FolderStore implements ObjectStore {
  readonly uri: string;
  readonly #root: string;
  readonly #slots = new Slots(openFiles);
  /** Folders that this store has made or seen, or is about to, so that a `put` checks only once. */
  readonly #ready = new Map<string, Promise<void>>();

  constructor(root: string) {
    this.#root = resolve(root);
    this.uri = pathToFileURL(this.#root).href;
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const limits = { mostBytes: mostFileBytes.object, signal };
    return this.#reading(key, (path) => readRegularFile(path, limits));
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    return this.#reading(key, (path) => readFileRange(path, start, end));
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const stats = await this.#reading(key, (path) => stat(path, { bigint: true }));
    if (!stats?.isFile()) return undefined;
    return { key, sizeBytes: Number(stats.size), etag: etagOf(stats) };
  }

  async put(key: string, bytes: Uint8Array): Promise<ObjectInfo> {
    const path = this.#writable(key);
    try {
      const etag = await this.#slots.run(() =>
        diskWatch.ask(() =>
          this.#replace(path, (temporary) => writeFile(temporary, bytes, { flag: 'wx' })),
        ),
      );
      return { key, sizeBytes: bytes.length, etag };
    } catch (error) {
      throw storageError(error, 'written', path);
    }
  }

  async copy(from: ObjectInfo, key: string): Promise<ObjectInfo | undefined> {
    const path = this.#writable(key);
    const { sizeBytes, etag } = from;
    const seen = await this.#reading(from.key, async (named) => {
      const stats = await lstat(named, { bigint: true });
      const isLink = stats.isSymbolicLink();
      return { isLink, stats: isLink ? await stat(named, { bigint: true }) : stats };
    });
    if (!seen?.stats.isFile() || etagOf(seen.stats) !== etag) return undefined;
    const source = this.#writable(from.key);
    try {
      const copied = await this.#slots.run(() =>
        diskWatch.ask(async () => {
          if (!seen.isLink && (await this.#link(source, path))) return etag;
          return this.#replace(path, (temporary) => copyFile(source, temporary, freshCopy));
        }),
      );
      return { key, sizeBytes, etag: copied };
    } catch (error) {
      throw storageError(error, 'written', path);
    }
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    yield* listFolderTree(this.#root, checkPrefix(prefix));
  }

  async *listFolders(prefix: string): AsyncGenerator<string> {
    const entries = await readEntries(this.#root, checkPrefix(prefix));
    const names = entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
    // Entries come in the order of whole keys: `a-b/` before `a/`.
    yield* names.sort(compareUtf8);
  }

  async delete(key: string): Promise<void> {
    const path = this.#writable(key);
    if ((await this.head(key)) === undefined) return;
    try {
      await rm(path, { force: true });
      await this.#removeEmpty(dirname(path));
    } catch (error) {
      throw storageError(error, 'written', path);
    }
  }

  /** Ends at the first folder that has something in it, if only a file that is being written, or that the system keeps. */
  async #removeEmpty(folder: string): Promise<void> {
    for (let at = folder; at.startsWith(this.#root + sep); at = dirname(at)) {
      const isGone = await rmdir(at).then(
        () => true,
        (error: unknown) => systemCode(error) === 'ENOENT',
      );
      if (!isGone) return;
      this.#ready.delete(at);
    }
  }

  /** For people. */
  #pathOf(key: string): string {
    return join(this.#root, checkKey(key));
  }

  /** Refuses to write a name with escaped bytes: only users' files have such names. */
  #writable(key: string): string {
    const path = this.#pathOf(key);
    if (!hasEscapes(key)) return path;
    throw new EigenfleetError('storage', `${path} cannot be written: its name is not text.`);
  }

  async #reading<T>(
    key: string,
    read: (path: string | Buffer) => Promise<T>,
  ): Promise<T | undefined> {
    const path = pathOfKey(this.#root, checkKey(key));
    try {
      return await this.#slots.run(() => diskWatch.ask(() => read(path)));
    } catch (error) {
      if (isAbsent(error) || systemCode(error) === 'EISDIR') return undefined;
      if (error instanceof UnreadableFileError) {
        const message = `${this.#pathOf(key)} cannot be read: ${error.message}.`;
        throw new EigenfleetError('storage', message, { cause: error });
      }
      throw storageError(error, 'read', this.#pathOf(key));
    }
  }

  /** Whether the file has a second name now: not where there is one of that name, nor on a file system without hard links. */
  async #link(source: string, path: string): Promise<boolean> {
    const folder = dirname(path);
    await this.#inFolder(folder, () => this.#makeReady(folder));
    return link(source, path).then(
      () => true,
      () => false,
    );
  }

  /** Has a file written beside `path`, then renames it. Returns the etag of what was written, even if somebody replaces it right after. */
  async #replace(path: string, write: (temporary: string) => Promise<void>): Promise<string> {
    const folder = dirname(path);
    await this.#inFolder(folder, () => this.#makeReady(folder));
    const temporary = join(folder, await temporaryName());
    try {
      await this.#inFolder(folder, () => write(temporary));
      // The kernel's own stamp moves in steps of some milliseconds: two writes of one size within a step would share their etag.
      const now = (performance.timeOrigin + performance.now()) / 1000;
      await utimes(temporary, now, now);
      const stats = await stat(temporary, { bigint: true });
      await rename(temporary, path);
      return etagOf(stats);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Somebody who deletes may remove a folder, empty as yet, at any moment before there is a file in it. */
  async #inFolder(folder: string, write: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await write();
      } catch (error) {
        if (systemCode(error) !== 'ENOENT' || attempt === mostRemovals) throw error;
        await makeFolder(folder).catch((cause: unknown) => {
          if (systemCode(cause) !== 'ENOENT') throw cause;
        });
      }
    }
  }

  async #makeReady(folder: string): Promise<void> {
    const made = this.#ready.get(folder) ?? makeClean(folder);
    this.#ready.set(folder, made);
    try {
      await made;
    } catch (error) {
      this.#ready.delete(folder);
      throw error;
    }
  }
}

async function makeClean(folder: string): Promise<void> {
  const isNew = await makeFolder(folder);
  if (!isNew) await removeAbandoned(folder);
}
