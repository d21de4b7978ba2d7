import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathOfText, textOfNames } from '../host/file-name.ts';
import { isAbsent } from './folder-listing.ts';
import { localPathOf } from './local-path.ts';
import { isMlflowUri } from './mlflow/mlflow-uri.ts';
import { openStore } from './open-store.ts';
import { formatS3Uri, isS3Uri, parseS3Uri } from './s3/s3-uri.ts';

/**
 * Places that a service may use, each with everything below it; every place if none is given.
 *
 * Compares where a place really is, not how it is written: for a folder the path with dot segments, percent-encoding and links resolved, in S3 the
 * bucket and whole parts of the key. A place that does not resolve is refused. Models of MLflow's registry are allowed by `mlflow://NAME`, or all by `mlflow://`: the
 * server is of the environment, so only names tell them apart.
 */
export class AllowedPlaces {
  readonly #roots: readonly string[] | undefined;

  /** Throws `EigenfleetError('usage')` for what is neither a folder nor the address of one. */
  constructor(allowed: readonly string[] | undefined) {
    this.#roots = allowed?.map((place) => (isMlflowUri(place) ? place : openStore(place).uri));
  }

  /** Whether any place is refused. */
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

/** Where a service may write results and read images, whatever jobs and runs request. */
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
 * Returns what a service may read when only its writable places are given: their whole buckets in S3, and elsewhere the folders
 * themselves. So a service of one bucket needs no further setting.
 */
export function readablePlaces(outs: readonly string[] | undefined): readonly string[] | undefined {
  return outs?.map((place) =>
    isS3Uri(place) ? formatS3Uri({ bucket: parseS3Uri(place).bucket, key: '' }) : place,
  );
}

/** Returns the way to a place from the top, part by part; `undefined` for a place that does not exist. */
async function partsOf(place: string, reading: Reading): Promise<readonly string[] | undefined> {
  // A URI would lose it.
  if (place.includes('\0')) return undefined;
  try {
    if (isMlflowUri(place)) return partsOfRegistry(place);
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

/** Versions and aliases of a model are not told apart. */
function partsOfRegistry(place: string): readonly string[] {
  const [, name = ''] = /^(?:mlflow:\/\/|models:\/{1,3})([^/@]*)/i.exec(place) ?? [];
  return name === '' ? ['mlflow'] : ['mlflow', name];
}

/** Like `realpath`, for a path of which only the beginning may exist yet. Throws for a dangling link: it may lead anywhere once somebody writes to it. */
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
