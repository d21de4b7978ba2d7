import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EigenfleetError } from '../errors.ts';
import { diskWatch } from '../host/disk-watch.ts';
import { pathOfKey, textOfNames } from '../host/file-name.ts';
import { storageError, systemCode } from '../host/storage-error.ts';
import { temporaryPrefix } from './object-key-check.ts';
import { type ObjectInfo, unreadableEtag } from './object-store.ts';
import { compareUtf8 } from './utf8-order.ts';

/** Files examined at once: enough to hide the latency of a network disk. */
const statBatch = 64;

/** Links between folders multiply: ten folders that link to each other have millions of paths. No dataset links to one folder so often. */
const mostWaysIn = 500;

/** A folder on the way down, with the real path that reveals a cycle of links. */
interface Folder {
  readonly root: string;
  /** Key prefix: `''` or ending in `/`. */
  readonly key: string;
  /** As text: see `textOfNames`. */
  readonly realPath: string;
  readonly above: Folder | undefined;
  /** How often the walk has entered each folder over a link, by its real path. */
  readonly waysIn: Map<string, number>;
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
 * folder that it lies in is not. Files being written are left out. A name that is not UTF-8 is a key all the same: see `textOfNames`.
 * Throws `dataset` where links lead to one folder more often than a dataset can mean.
 */
export async function* listFolderTree(root: string, prefix: string): AsyncGenerator<ObjectInfo> {
  const key = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const realPath = await realPathOf(root, key).catch(() => undefined);
  if (realPath === undefined) return;
  const waysIn = new Map<string, number>();
  yield* listFolder({ root, key, realPath, above: undefined, waysIn }, prefix);
}

/** Entries of the folder `key` (`''` or ending in `/`) below `root`, in key order; none for a missing folder. */
export async function readEntries(root: string, key: string): Promise<Entry[]> {
  const path = pathOfKey(root, key);
  let dirents: Dirent<Buffer>[];
  try {
    const options = { withFileTypes: true, encoding: 'buffer' } as const;
    dirents = await diskWatch.ask(() => readdir(path, options));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw storageError(error, 'read', join(root, key));
  }
  const entries: Entry[] = [];
  for (let i = 0; i < dirents.length; i += statBatch) {
    const batch = dirents.slice(i, i + statBatch).map((dirent) => entryOf(root, key, dirent));
    for (const entry of await Promise.all(batch)) if (entry !== undefined) entries.push(entry);
  }
  return entries.sort((a, b) => compareUtf8(sortName(a), sortName(b)));
}

async function* listFolder(folder: Folder, prefix: string): AsyncGenerator<ObjectInfo> {
  let files: Entry[] = [];
  for (const entry of await readEntries(folder.root, folder.key)) {
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
  const infos = await diskWatch.ask(() => Promise.all(files.map((file) => infoOf(folder, file))));
  return infos.filter((info) => info !== undefined);
}

async function infoOf({ root, key: above }: Folder, file: Entry): Promise<ObjectInfo | undefined> {
  const key = above + file.name;
  try {
    const stats = await stat(pathOfKey(root, key), { bigint: true });
    if (!stats.isFile()) return { key, sizeBytes: 0, etag: unreadableEtag };
    const modifiedAt = Number(stats.mtimeMs);
    return { key, sizeBytes: Number(stats.size), etag: etagOf(stats), modifiedAt };
  } catch (error) {
    // A missing ordinary file was deleted meanwhile; a dangling link stays.
    if (file.isLink) return { key, sizeBytes: 0, etag: unreadableEtag };
    if (isAbsent(error)) return undefined;
    throw storageError(error, 'read', join(root, key));
  }
}

/** The folder below, or `undefined` where a link leads back to a folder on the way here. */
async function enter(folder: Folder, entry: Entry): Promise<Folder | undefined> {
  const { root, waysIn } = folder;
  const key = `${folder.key}${entry.name}/`;
  if (!entry.isLink) {
    return { root, key, realPath: join(folder.realPath, entry.name), above: folder, waysIn };
  }
  const realPath = await realPathOf(root, key);
  for (let at: Folder | undefined = folder; at !== undefined; at = at.above) {
    if (at.realPath === realPath) return undefined;
  }
  countWayIn(folder, realPath);
  return { root, key, realPath, above: folder, waysIn };
}

function countWayIn({ root, waysIn }: Folder, realPath: string): void {
  const ways = (waysIn.get(realPath) ?? 0) + 1;
  waysIn.set(realPath, ways);
  if (ways <= mostWaysIn) return;
  throw new EigenfleetError(
    'dataset',
    `In ${root}, links lead to the folder ${realPath} in more than ${mostWaysIn} ways: folders that link to each other have no end. Remove links, or name the folders in a list.`,
  );
}

async function realPathOf(root: string, key: string): Promise<string> {
  return textOfNames(await realpath(pathOfKey(root, key), { encoding: 'buffer' }));
}

/** `undefined` for a file that is being written. */
async function entryOf(
  root: string,
  above: string,
  dirent: Dirent<Buffer>,
): Promise<Entry | undefined> {
  const name = textOfNames(dirent.name);
  if (name.startsWith(temporaryPrefix)) return undefined;
  if (!dirent.isSymbolicLink()) return { name, isFolder: dirent.isDirectory(), isLink: false };
  const isFolder = await isFolderLink(pathOfKey(root, above + name));
  return { name, isFolder, isLink: true };
}

async function isFolderLink(path: string | Buffer): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function sortName(entry: Entry): string {
  return entry.isFolder ? `${entry.name}/` : entry.name;
}

/** Returns whether the error means that there is no such file, in any of its forms. */
export function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP';
}
