import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { irregularity } from '../../shared/host/regular-file.ts';
import { nearNames } from '../../shared/settings/near-names.ts';
import { isS3Uri } from '../../shared/storage/s3/s3-uri.ts';
import { extensionOf, hasImageExtension } from './image-extensions.ts';
import type { ListingRequest } from './listing-request.ts';
import type { SampleListing } from './sample-listing.ts';
import { findSplitFolder, listFolder, listOneImage } from './source-folder.ts';
import { isGlob, listGlob } from './source-glob.ts';
import { listTextFile } from './source-list.ts';
import { noSplitFolder, refuseSplit } from './source-split.ts';

/** Decides which kind of source it is by what exists. A file or folder whose name looks like a pattern is taken literally. */
export async function openListing(request: ListingRequest): Promise<SampleListing> {
  if (isS3Uri(request.source)) {
    const { openS3Listing } = await import('./s3/source-s3.ts');
    return openS3Listing(request);
  }
  const file = path.resolve(pathOfSource(request.source));
  const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new EigenfleetError('dataset', `${file} cannot be opened (${messageOf(error)}).`);
  });
  if (info?.isDirectory()) return openFolder(file, request);
  const reason = info && irregularity(info);
  if (reason !== undefined) {
    throw new EigenfleetError('dataset', `${file} cannot be read: ${reason}. Check --images.`);
  }
  const extension = extensionOf(file);
  if (info !== undefined && /^ya?ml$/.test(extension)) return openDataYaml(file, request);
  refuseSplit(request);
  if (info === undefined && isGlob(request.source)) return listGlob(request.source);
  if (info === undefined) throw await nothingThere(file);
  if (extension === 'txt') return listTextFile(file);
  if (hasImageExtension(file)) return listOneImage(file);
  throw new EigenfleetError(
    'dataset',
    `${file} is neither an image nor a list. --images takes a folder, an image, a pattern such as "images/**/*.jpg", a .txt with one path per line, or a data.yaml.`,
  );
}

async function openFolder(folder: string, request: ListingRequest): Promise<SampleListing> {
  if (request.split === undefined) return listFolder(folder);
  const file = path.join(folder, 'data.yaml');
  if (await isFile(file)) return openDataYaml(file, request);
  const part = await findSplitFolder(folder, request.split);
  if (part !== undefined) return listFolder(folder, part);
  const folders = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
  throw noSplitFolder(folder, request.split, folders);
}

/** Loads the YAML parser on demand. */
async function openDataYaml(file: string, request: ListingRequest): Promise<SampleListing> {
  const { listDataYaml } = await import('./source-data-yaml.ts');
  return listDataYaml({ ...request, file });
}

/** The path of what a person names on this machine. Throws `dataset` for another scheme than `file:`. */
export function pathOfSource(source: string, flag = '--images'): string {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return source;
  if (scheme === 'file') return fileURLToPath(source);
  throw new EigenfleetError(
    'dataset',
    `${flag} cannot be read from ${scheme}://. Give a place on this machine, or an s3:// address.`,
  );
}

async function nothingThere(file: string): Promise<EigenfleetError> {
  const names = await readdir(path.dirname(file)).catch(() => []);
  const near = nearNames(path.basename(file), names);
  const hint = near.length === 0 ? 'Check --images.' : `Did you mean ${near.join(' or ')}?`;
  return new EigenfleetError('dataset', `There is nothing at ${file}. ${hint}`);
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (info) => info.isFile(),
    () => false,
  );
}
