import { posix } from 'node:path';
import picomatch from 'picomatch';
import { EigenfleetError } from '../../../shared/errors.ts';
import type { ObjectInfo, ObjectStore } from '../../../shared/storage/object-store.ts';
import { parseS3Source } from '../../../shared/storage/s3/s3-uri.ts';
import { datasetNameOf, withSplit } from '../dataset-name.ts';
import { extensionOf, hasImageExtension } from '../image-extensions.ts';
import type { ListingRequest } from '../listing-request.ts';
import { imagesBelow, namedSamples, type SampleListing } from '../sample-listing.ts';
import { noSplitFolder, refuseSplit, splitFolders } from '../source-split.ts';
import { S3BucketFiles } from './s3-bucket-files.ts';
import { readS3ImageList } from './s3-image-list.ts';
import {
  commonFolder,
  folderOf,
  keyBelow,
  keysBelow,
  pathBelow,
  plainRoot,
  prefixBelow,
  prefixOf,
} from './s3-path.ts';
import { listS3DataYaml } from './source-s3-data-yaml.ts';

/**
 * Decides which kind of source an s3:// address is: by its extension where there is such an object, else a pattern, else a prefix. Asks storage only for what
 * that needs; the listing comes later.
 *
 * @throws EigenfleetError `usage` for a bad address or a split where there can be none, `dataset` for a list or data.yaml that leads nowhere.
 */
export async function openS3Listing(request: ListingRequest): Promise<SampleListing> {
  const { bucket, key } = parseS3Source(request.source);
  if (/^\/+$/.test(key)) {
    throw new EigenfleetError(
      'usage',
      `${request.source} names no folder. Write s3://${bucket} for the whole bucket.`,
    );
  }
  const files = new S3BucketFiles(bucket, request.storage);
  const path = `/${key}`;
  const extension = extensionOf(key);
  if (/^ya?ml$/.test(extension)) return listS3DataYaml({ files, file: path, split: request.split });
  if (extension === 'txt') {
    refuseSplit(request);
    return listS3TextFile(files, path);
  }
  if (hasImageExtension(key) && (await files.isFile(path))) {
    refuseSplit(request);
    return listOneS3Image(files, path);
  }
  // One slash at the end says that it is a folder; a second one is an empty part of the keys.
  const folder = path.replace(/(?<=.)\/$/, '');
  if (picomatch.scan(key).isGlob && !(await files.isFolder(folder))) {
    refuseSplit(request);
    return listS3Glob(files, key);
  }
  if (request.split === undefined) return listS3Folder(files, folder);
  return openS3Split(files, folder, request.split);
}

async function openS3Split(
  files: S3BucketFiles,
  folder: string,
  split: string,
): Promise<SampleListing> {
  const file = pathBelow(folder, 'data.yaml');
  if (await files.isFile(file)) return listS3DataYaml({ files, file, split });
  for (const part of splitFolders(split)) {
    if (await files.isFolder(pathBelow(folder, part))) return listS3Folder(files, folder, part);
  }
  const folders: string[] = [];
  for await (const name of files.store.listFolders(prefixOf(folder))) folders.push(name);
  throw noSplitFolder(files.uriOf(folder), split, folders);
}

/** All images below a prefix; with `part`, only those below that folder in it, under keys that keep its name. */
function listS3Folder(files: S3BucketFiles, folder: string, part = ''): SampleListing {
  const whole = part === '' ? folder : pathBelow(folder, part);
  const root = plainRoot(folder);
  const prefix = prefixBelow(root, whole);
  return {
    kind: 'folder',
    rootPath: files.uriOf(root),
    description: whole.endsWith('/') ? `${files.uriOf(whole)}/` : files.uriOf(whole),
    datasetName: nameOf(files, whole),
    pages: (store, tally) => imagesBelow(prefix, store.list(prefix), tally),
  };
}

function listOneS3Image(files: S3BucketFiles, path: string): SampleListing {
  const root = plainRoot(folderOf(path));
  return {
    kind: 'image',
    rootPath: files.uriOf(root),
    description: `image ${files.uriOf(path)}`,
    datasetName: posix.parse(path).name,
    pages: (store, tally) => namedSamples(store, [keyBelow(root, path)], tally),
  };
}

/** The images that a pattern matches; the root is the part of it before the first wildcard. */
function listS3Glob(files: S3BucketFiles, pattern: string): SampleListing {
  const { glob } = picomatch.scan(pattern);
  const start = pattern.slice(0, pattern.length - glob.length).replaceAll(/\\(.)/g, '$1');
  const root = plainRoot(`/${start}`);
  const prefix = start.slice(prefixOf(root).length);
  const matches = picomatch(glob);
  return {
    kind: 'glob',
    rootPath: files.uriOf(root),
    description: `pattern ${files.uriOf(`/${pattern}`)}`,
    datasetName: nameOf(files, root),
    pages: (store, tally) => imagesBelow(prefix, matching(store, { prefix, matches }), tally),
  };
}

async function* matching(
  store: ObjectStore,
  { prefix, matches }: { readonly prefix: string; readonly matches: (relative: string) => boolean },
): AsyncGenerator<ObjectInfo> {
  for await (const object of store.list(prefix)) {
    if (matches(object.key.slice(prefix.length))) yield object;
  }
}

/** Images named one a line: relative to the list's folder, from the bucket's root (`/a.jpg`), or as addresses in the same bucket. */
async function listS3TextFile(files: S3BucketFiles, file: string): Promise<SampleListing> {
  const folder = folderOf(file);
  const paths = await readS3ImageList(files, file);
  const root = commonFolder(folder, paths);
  return {
    kind: 'list',
    rootPath: files.uriOf(root),
    description: `list ${files.uriOf(file)}`,
    datasetName: withSplit(nameOf(files, folder), posix.parse(file).name),
    pages: (store, tally) => namedSamples(store, keysBelow(root, paths), tally),
  };
}

/** The bucket stands in for the folder above the topmost one. */
function nameOf(files: S3BucketFiles, path: string): string {
  return datasetNameOf(files.uriOf(path).replace(/^s3:\//i, ''));
}
