import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError, systemCode } from '../host/storage-error.ts';
import { temporaryPrefix } from './object-key-check.ts';
import type { ObjectInfo } from './object-store.ts';
import { compareUtf8 } from './utf8-order.ts';

/** Etag of a link to nothing, or of a name that is no valid UTF-8: listed, so that nobody misses it, and not readable. */
const unreadableEtag = 'unreadable';

/** How many files are looked at together: enough to hide the latency of a network disk. */
const statBatch = 64;

/** A folder on the way down, with the real path that tells a cycle of links. */
interface Folder {
  readonly path: string;
  /** Key prefix: `''` or ending in `/`. */
  readonly key: string;
  readonly realPath: string;
  readonly above: Folder | undefined;
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

/** `<size>-<modification time in ns>`, in hex. */
export function etagOf(stats: BigIntStats): string {
  return `${stats.size.toString(16)}-${stats.mtimeNs.toString(16)}`;
}

/**
 * Every file below `root` whose key starts with `prefix`, in UTF-8 order of the whole key: a folder sorts as its name plus `/`, which puts
 * `a.b/x` before `a/x`, as S3 does. Only one folder per level is in memory. Links to files and folders are followed; a link to a
 * folder that it lies in is not. Sockets, devices and files being written are left out.
 */
export async function* listFolderTree(root: string, prefix: string): AsyncGenerator<ObjectInfo> {
  const key = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const path = join(root, key);
  const realPath = await realpath(path).catch(() => undefined);
  if (realPath === undefined) return;
  yield* listFolder({ path, key, realPath, above: undefined }, prefix);
}

/** Entries of one folder in key order; none for a folder that is not there. */
export async function readEntries(path: string): Promise<Entry[]> {
  let dirents: Dirent[];
  try {
    dirents = await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw storageError(error, 'read', path);
  }
  const named = dirents.filter(({ name }) => !name.startsWith(temporaryPrefix));
  const entries: Entry[] = [];
  for (let i = 0; i < named.length; i += statBatch) {
    const batch = named.slice(i, i + statBatch).map((dirent) => entryOf(path, dirent));
    for (const entry of await Promise.all(batch)) if (entry !== undefined) entries.push(entry);
  }
  return entries.sort((a, b) => compareUtf8(sortName(a), sortName(b)));
}

async function* listFolder(folder: Folder, prefix: string): AsyncGenerator<ObjectInfo> {
  let files: Entry[] = [];
  for (const entry of await readEntries(folder.path)) {
    const key = folder.key + sortName(entry);
    if (!key.startsWith(prefix) && !(entry.isFolder && prefix.startsWith(key))) continue;
    if (!entry.isFolder) files.push(entry);
    if (files.length === statBatch || (entry.isFolder && files.length > 0)) {
      yield* await infosOf(folder, files);
      files = [];
    }
    if (!entry.isFolder) continue;
    const below = await enter(folder, entry);
    if (below !== undefined) yield* listFolder(below, prefix);
  }
  yield* await infosOf(folder, files);
}

async function infosOf(folder: Folder, files: readonly Entry[]): Promise<ObjectInfo[]> {
  const infos = await Promise.all(files.map((file) => infoOf(folder, file)));
  return infos.filter((info) => info !== undefined);
}

async function infoOf(folder: Folder, file: Entry): Promise<ObjectInfo | undefined> {
  const key = folder.key + file.name;
  const path = join(folder.path, file.name);
  try {
    const stats = await stat(path, { bigint: true });
    if (!stats.isFile()) return undefined;
    return { key, sizeBytes: Number(stats.size), etag: etagOf(stats) };
  } catch (error) {
    // An ordinary file that is gone was deleted meanwhile; a link to nothing and a name that cannot be spelled stay.
    const stays = file.isLink || file.name.includes('\ufffd');
    if (stays) return { key, sizeBytes: 0, etag: unreadableEtag };
    if (isAbsent(error)) return undefined;
    throw storageError(error, 'read', path);
  }
}

/** The folder below, or `undefined` where a link leads back to a folder on the way here. */
async function enter(folder: Folder, entry: Entry): Promise<Folder | undefined> {
  const path = join(folder.path, entry.name);
  const key = `${folder.key}${entry.name}/`;
  if (!entry.isLink) {
    return { path, key, realPath: join(folder.realPath, entry.name), above: folder };
  }
  const realPath = await realpath(path);
  for (let at: Folder | undefined = folder; at !== undefined; at = at.above) {
    if (at.realPath === realPath) return undefined;
  }
  return { path, key, realPath, above: folder };
}

async function entryOf(path: string, dirent: Dirent): Promise<Entry | undefined> {
  const { name } = dirent;
  if (dirent.isFile()) return { name, isFolder: false, isLink: false };
  if (dirent.isDirectory()) return { name, isFolder: true, isLink: false };
  if (!dirent.isSymbolicLink()) return undefined;
  return { name, isFolder: await isFolderLink(join(path, name)), isLink: true };
}

async function isFolderLink(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function sortName(entry: Entry): string {
  return entry.isFolder ? `${entry.name}/` : entry.name;
}

/** Whether the error says that there is no such file, however the path fails to exist. */
export function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP';
}
