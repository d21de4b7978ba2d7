import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathOfText, textOfNames } from '../host/file-name.ts';
import { isAbsent } from './folder-listing.ts';
import { localPathOf } from './local-path.ts';
import { openStore } from './open-store.ts';
import { formatS3Uri, isS3Uri, parseS3Uri } from './s3/s3-uri.ts';

/**
 * Places that a service may use, each with everything below it; every place where none is said.
 *
 * What is compared is where a place really is, not how it is written: of a folder the path with dot segments, percent-encoding and links resolved, in S3 the
 * bucket and whole parts of the key. A place that cannot be resolved is not allowed.
 */
export class AllowedPlaces {
  readonly #roots: readonly string[] | undefined;

  /** Throws `EigenfleetError('usage')` for what is neither a folder nor the address of one. */
  constructor(allowed: readonly string[] | undefined) {
    this.#roots = allowed?.map((place) => openStore(place).uri);
  }

  /** Whether there is any place that is not allowed. */
  get restricts(): boolean {
    return this.#roots !== undefined;
  }

  /** @param place A URI or a path, as jobs and runs name it. */
  async has(place: string): Promise<boolean> {
    if (this.#roots === undefined) return true;
    // A path with `\xE9` may be one with that text, or one with that byte: neither may lead elsewhere.
    for (const reading of [asText, pathOfText]) {
      if (!(await isBelow(place, this.#roots, reading))) return false;
    }
    return true;
  }
}

/** Where a service may write results and read images, whatever jobs and runs say. */
export interface Places {
  readonly outs: AllowedPlaces;
  readonly ins: AllowedPlaces;
}

/** How the text of a path is read. */
type Reading = (path: string) => string | Buffer;

const asText: Reading = (path) => path;

async function isBelow(
  place: string,
  roots: readonly string[],
  reading: Reading,
): Promise<boolean> {
  const parts = await partsOf(place, reading);
  if (parts === undefined) return false;
  for (const root of roots) {
    const above = await partsOf(root, reading);
    if (above?.every((part, index) => part === parts[index])) return true;
  }
  return false;
}

/**
 * What may be read by a service that was told only where it may write: the whole buckets of those places, in S3, and elsewhere the folders
 * themselves. So one that serves one bucket needs to be told nothing more.
 */
export function readablePlaces(outs: readonly string[] | undefined): readonly string[] | undefined {
  return outs?.map((place) =>
    isS3Uri(place) ? formatS3Uri({ bucket: parseS3Uri(place).bucket, key: '' }) : place,
  );
}

/** The way to a place from the top, part by part; `undefined` for one that is nowhere. */
async function partsOf(place: string, reading: Reading): Promise<readonly string[] | undefined> {
  // A URI would lose it.
  if (place.includes('\0')) return undefined;
  try {
    const { uri } = openStore(place);
    if (isS3Uri(uri)) {
      const { bucket, key } = parseS3Uri(uri);
      return ['s3', bucket, ...(key === '' ? [] : key.split('/'))];
    }
    const path = await realPathOf(localPathOf(uri) ?? '', reading);
    return ['file', ...path.split(sep).filter((part) => part !== '')];
  } catch {
    return undefined;
  }
}

/** As `realpath`, of a path of which only the beginning may be there yet. Throws for a link to nothing: it may lead anywhere once it is written to. */
async function realPathOf(path: string, reading: Reading): Promise<string> {
  try {
    return textOfNames(await realpath(reading(path), { encoding: 'buffer' }));
  } catch (error) {
    const parent = dirname(path);
    if (!isAbsent(error) || parent === path || (await isLink(reading(path)))) throw error;
    return join(await realPathOf(parent, reading), relative(parent, path));
  }
}

async function isLink(path: string | Buffer): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}
