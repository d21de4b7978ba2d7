import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
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

/** Systems take names of 255 bytes; the end of a figure's name, its number and what it is called while it is written need some. */
const mostStemBytes = 200;

/** `<stem>.explained.png` for each image; a number is added where two have the same stem, and a stem that is too long is cut. */
export function figureNames(paths: readonly string[]): string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const stem = cutStem(basename(path, extname(path)));
    let name = `${stem}.explained.png`;
    for (let n = 2; taken.has(name); n++) name = `${stem}-${n}.explained.png`;
    taken.add(name);
    return name;
  });
}

function cutStem(stem: string): string {
  const bytes = Buffer.from(stem);
  if (bytes.length <= mostStemBytes) return stem;
  let end = mostStemBytes;
  // Not within a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
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
