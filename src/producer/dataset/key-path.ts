import path from 'node:path';
import { EigenfleetError } from '../../shared/errors.ts';
import { hasEscapes } from '../../shared/host/file-name.ts';
import { compareUtf8 } from '../../shared/storage/utf8-order.ts';

/** The key of a path below a root, on any platform; empty for the root itself. */
export function keyOfPath(root: string, file: string): string {
  const relative = path.relative(root, file);
  return path.sep === '/' ? relative : relative.replaceAll(path.sep, '/');
}

/** The prefix of all keys in a folder below a root: empty for the root itself, else with a slash at its end. */
export function prefixOfFolder(root: string, folder: string): string {
  const key = keyOfPath(root, folder);
  return key === '' ? '' : `${key}/`;
}

/** Keys of paths below a root, each once, sorted by their UTF-8 bytes. */
export function sortedKeys(root: string, files: Iterable<string>): string[] {
  const keys = new Set<string>();
  for (const file of files) keys.add(keyOfPath(root, file));
  return [...keys].sort(compareUtf8);
}

/**
 * The one folder that all keys are relative to: the preferred one where everything lies below it, else the deepest common folder.
 *
 * @throws EigenfleetError `dataset` when there is none (two drives).
 */
export function commonRoot(preferred: string, files: readonly string[]): string {
  if (files.every((file) => isBelow(preferred, file))) return preferred;
  let root = path.dirname(files[0] ?? preferred);
  for (const file of files) {
    while (!isBelow(root, file)) {
      const parent = path.dirname(root);
      if (parent === root) {
        throw new EigenfleetError(
          'dataset',
          `${file} and ${files[0]} have no folder in common. Explain them in two runs.`,
        );
      }
      root = parent;
    }
  }
  // Names that stand for bytes belong to the keys.
  while (hasEscapes(root)) root = path.dirname(root);
  return root;
}

function isBelow(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative !== '' &&
    relative !== '..' &&
    !relative.startsWith(`..${path.sep}`) &&
    !path.isAbsolute(relative)
  );
}
