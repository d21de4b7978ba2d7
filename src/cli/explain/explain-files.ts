import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { makeFolder } from '../../shared/host/make-folder.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import { isS3Uri, parseS3Uri } from '../../shared/storage/s3/s3-uri.ts';

/** Creates the folder for figures; S3 needs none. Throws `storage`. */
export async function makeOutFolder(out: string): Promise<void> {
  if (isS3Uri(out)) return;
  try {
    await makeFolder(out);
    if (!(await stat(out)).isDirectory()) throw new Error('it is a file');
  } catch (cause) {
    throw new EigenfleetError(
      'storage',
      `The folder ${out} cannot be created (${messageOf(cause)}): choose another with --out.`,
      { cause },
    );
  }
}

/** Where a figure goes: a path, or an address. */
export function figurePlace(out: string, name: string): string {
  return isS3Uri(out) ? `${out.replace(/\/+$/, '')}/${name}` : join(out, name);
}

/** Writes a figure to its place, whole or not at all. Throws `storage`. */
export async function writeFigure(
  place: string,
  png: Uint8Array,
  storage: StoreOptions,
): Promise<void> {
  if (isS3Uri(place)) {
    const { bucket, key } = parseS3Uri(place);
    await openStore(`s3://${bucket}`, storage).put(key, png);
    return;
  }
  const partial = `${place}.partial`;
  try {
    await writeFile(partial, png);
    await rename(partial, place);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    throw new EigenfleetError(
      'storage',
      `The figure ${place} cannot be written (${messageOf(cause)}): choose another folder with --out.`,
      { cause },
    );
  }
}
