import { compareUtf8 } from '../../../shared/storage/utf8-order.ts';

/**
 * Paths in a bucket: a slash and a key as it is. Unlike paths on a disk they are mere texts, in which an empty part counts: `/a//b` is another
 * place than `/a/b`. The bucket itself is `/`; a folder has no slash at its end.
 */

/** The start of all keys below a folder; `''` for the bucket. */
export function prefixOf(folder: string): string {
  return folder === '/' ? '' : `${folder.slice(1)}/`;
}

/** The path of a name below a folder. */
export function pathBelow(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** The folder that a file lies in. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/')) || '/';
}

/**
 * The part of a folder's path that can be a store's root: it ends before the first empty part, `/a` of `/a//b` and `/` of `//b`. The rest belongs
 * to the keys.
 */
export function plainRoot(folder: string): string {
  const end = folder.indexOf('//');
  if (end >= 0) return folder.slice(0, end) || '/';
  return folder.replace(/(?<=.)\/$/, '');
}

/** The key of a path that lies below a root. */
export function keyBelow(root: string, path: string): string {
  return path.slice(1).slice(prefixOf(root).length);
}

/** The start of the keys of a folder at or below a root. */
export function prefixBelow(root: string, folder: string): string {
  return prefixOf(folder).slice(prefixOf(root).length);
}

/** Keys of paths below a root, each once, sorted by their UTF-8 bytes. */
export function keysBelow(root: string, paths: Iterable<string>): string[] {
  const keys = new Set<string>();
  for (const path of paths) keys.add(keyBelow(root, path));
  return [...keys].sort(compareUtf8);
}

/** The root of all paths: the preferred folder, or the nearest one above it which they all lie below. */
export function commonFolder(preferred: string, paths: readonly string[]): string {
  let root = plainRoot(preferred);
  for (const path of paths) {
    while (!path.slice(1).startsWith(prefixOf(root))) root = folderOf(root);
  }
  return root;
}
